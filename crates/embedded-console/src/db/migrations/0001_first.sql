-- Times are milliseconds since 1970-01-01 UTC.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    name          TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('global-admin', 'security-manager')),
    totp_secret   TEXT
) STRICT, WITHOUT ROWID;

-- Engines and pools share one id space, and an id is never used twice.
CREATE TABLE scanners (
    id INTEGER PRIMARY KEY AUTOINCREMENT
) STRICT;

CREATE TABLE engines (
    id              INTEGER PRIMARY KEY REFERENCES scanners (id),
    kind            TEXT NOT NULL CHECK (kind IN ('local', 'hosted', 'aws', 'distributed')),
    name            TEXT NOT NULL COLLATE NOCASE UNIQUE,
    address         TEXT NOT NULL COLLATE NOCASE,
    port            INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    direction       TEXT NOT NULL DEFAULT 'console-to-engine'
                    CHECK (direction IN ('console-to-engine', 'engine-to-console')),
    status          TEXT NOT NULL DEFAULT 'unknown',
    status_message  TEXT,
    product_version TEXT,
    content_version TEXT,
    serial_number   TEXT,
    platform        TEXT,
    last_refreshed  INTEGER,
    last_updated    INTEGER,
    pinned          TEXT,
    asked           INTEGER NOT NULL DEFAULT 0,
    UNIQUE (address, port)
) STRICT;

CREATE TABLE pools (
    id   INTEGER PRIMARY KEY REFERENCES scanners (id),
    name TEXT NOT NULL COLLATE NOCASE UNIQUE
) STRICT;

CREATE TABLE pool_engines (
    pool_id   INTEGER NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    engine_id INTEGER NOT NULL REFERENCES engines (id) ON DELETE CASCADE,
    PRIMARY KEY (pool_id, engine_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pool_engines_by_engine ON pool_engines (engine_id, pool_id);

-- A site always has a scan engine or a pool: the reference refuses to lose it.
CREATE TABLE sites (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    name            TEXT NOT NULL COLLATE NOCASE UNIQUE,
    description     TEXT,
    type            TEXT NOT NULL CHECK (type IN ('static', 'dynamic', 'agent')),
    connection_type TEXT,
    importance      TEXT NOT NULL,
    scan_engine     INTEGER NOT NULL REFERENCES scanners (id),
    scan_template   TEXT NOT NULL,
    scope           TEXT,
    assets          INTEGER NOT NULL DEFAULT 0,
    risk_score      REAL NOT NULL DEFAULT 0,
    critical        INTEGER NOT NULL DEFAULT 0,
    severe          INTEGER NOT NULL DEFAULT 0,
    moderate        INTEGER NOT NULL DEFAULT 0,
    last_scan       INTEGER
) STRICT;
CREATE INDEX sites_by_scanner ON sites (scan_engine, id);

-- The engine is no foreign key: history outlives the engine that made it.
CREATE TABLE scans (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    site_id     INTEGER NOT NULL REFERENCES sites (id),
    engine_id   INTEGER NOT NULL,
    engine_name TEXT NOT NULL,
    name        TEXT NOT NULL,
    type        TEXT NOT NULL CHECK (type IN ('automated', 'manual', 'scheduled')),
    status      TEXT NOT NULL,
    message     TEXT,
    started_by  TEXT,
    start_time  INTEGER NOT NULL,
    end_time    INTEGER,
    -- When a running scan will be set to finished: this console scans nothing.
    planned_end INTEGER,
    assets      INTEGER NOT NULL DEFAULT 0,
    critical    INTEGER NOT NULL DEFAULT 0,
    severe      INTEGER NOT NULL DEFAULT 0,
    moderate    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX scans_by_engine ON scans (engine_id, status);
CREATE INDEX scans_by_site ON scans (site_id);
CREATE INDEX scans_by_status ON scans (status);
