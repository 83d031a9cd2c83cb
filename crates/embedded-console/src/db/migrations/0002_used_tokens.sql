-- The period (Unix time divided by 30 s) of the newest two-factor token that was accepted: none of it or before it is
-- accepted again (RFC 6238 section 5.2).
ALTER TABLE users ADD COLUMN totp_step INTEGER;
