//! Points in time as the console writes them (RFC 3339), read leniently.
//!
//! A small parser of its own, which costs the app's download 2 kB. jiff, which reads all of these forms and durations too, costs 46 kB. time costs
//! 6 kB, reads some of them after three tries and a mended text, and no durations.

use core::fmt;
use core::time::Duration;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. The years 0 to 9999 can be read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const DAY_MS: i64 = 86_400_000;
/// 9999-12-31T23:59:59.999Z.
const LATEST: i64 = 253_402_300_799_999;
/// 0000-01-01T00:00:00Z.
const EARLIEST: i64 = -62_167_219_200_000;

impl Timestamp {
    /// From milliseconds since 1970, as `Date.now()` gives them. Values outside the years 0 to 9999 are moved to the
    /// nearest end.
    #[must_use]
    pub const fn from_unix_ms(ms: i64) -> Self {
        Self(if ms < EARLIEST {
            EARLIEST
        } else if ms > LATEST {
            LATEST
        } else {
            ms
        })
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// How long before `now` this was; zero if it lies in the future (clocks differ).
    #[must_use]
    pub fn age(self, now: Self) -> Duration {
        Duration::from_millis(u64::try_from(now.0.saturating_sub(self.0)).unwrap_or(0))
    }

    /// Reads RFC 3339, and what consoles write instead of it: a blank for the `T`, an offset without colon, no offset
    /// (taken as UTC), a date alone, a zone name in brackets after the offset. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // Java's ZonedDateTime: 2018-02-13T20:35:35Z[UTC].
        let text = text.split_once('[').map_or(text, |(before, _)| before);
        let mut reader = Reader { rest: text.as_bytes() };
        let year = reader.number(4)?;
        reader.byte(b"-")?;
        let month = reader.number(2)?;
        reader.byte(b"-")?;
        let day = reader.number(2)?;
        if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
            return None;
        }
        let mut ms = days_from_civil(year, month, day) * DAY_MS;
        if !reader.rest.is_empty() {
            reader.byte(b"Tt ")?;
            ms += reader.time_of_day()? - reader.offset_ms()?;
        }
        (reader.rest.is_empty() && (EARLIEST..=LATEST).contains(&ms)).then_some(Self(ms))
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn byte(&mut self, accepted: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        accepted.contains(first).then(|| {
            self.rest = rest;
            *first
        })
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, rest) = self.rest.split_at_checked(digits)?;
        let mut value = 0;
        for digit in head {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
        }
        self.rest = rest;
        Some(value)
    }

    fn time_of_day(&mut self) -> Option<i64> {
        let hour = self.number(2)?;
        self.byte(b":")?;
        let minute = self.number(2)?;
        let mut ms = (hour * 60 + minute) * 60_000;
        if self.byte(b":").is_some() {
            // 60 is a leap second; it counts as the next minute's start.
            let second = self.number(2)?;
            if second > 60 {
                return None;
            }
            ms += second * 1000;
            if self.byte(b".,").is_some() {
                let mut scale = 100;
                let mut any = false;
                while let Some(digit) = self.byte(b"0123456789") {
                    ms += i64::from(digit - b'0') * scale;
                    scale /= 10;
                    any = true;
                }
                if !any {
                    return None;
                }
            }
        }
        (hour <= 23 && minute <= 59).then_some(ms)
    }

    fn offset_ms(&mut self) -> Option<i64> {
        // A blank may stand before the offset.
        self.byte(b" ");
        let Some(sign) = self.byte(b"Zz+-") else {
            return self.rest.is_empty().then_some(0);
        };
        if matches!(sign, b'Z' | b'z') {
            return Some(0);
        }
        let hours = self.number(2)?;
        self.byte(b":");
        let minutes = if self.rest.is_empty() { 0 } else { self.number(2)? };
        let ms = (hours * 60 + minutes) * 60_000;
        (hours <= 23 && minutes <= 59).then_some(if sign == b'-' { -ms } else { ms })
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a day in the proleptic Gregorian calendar, counted in eras of 400 years that begin in
/// March, so that the leap day comes last.
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The way back: year, month and day of a count of days since 1970-01-01.
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// RFC 3339 in UTC, with milliseconds only where there are some: `2024-10-07T12:00:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if ms % 1000 != 0 {
            write!(f, ".{:03}", ms % 1000)?;
        }
        f.write_str("Z")
    }
}

/// Reads an ISO 8601 duration as scans carry it: `PT8H21M7.978S`, `P1DT2H`. `None` for years and months, whose length
/// is not fixed, and for anything else.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let rest = text.trim().strip_prefix(['P', 'p'])?;
    let (mut in_time, mut any) = (false, false);
    // The number so far in thousandths and, after its point, how much the next digit counts.
    let (mut ms, mut number, mut place) = (0_u64, None, None);
    for c in rest.chars() {
        match c.to_ascii_uppercase() {
            'T' if number.is_none() && !in_time => in_time = true,
            digit @ '0'..='9' => {
                let digit = u64::from(digit) - u64::from('0');
                let so_far: u64 = number.unwrap_or(0);
                number = Some(match place {
                    None => so_far.checked_mul(10)?.checked_add(digit * 1000)?,
                    Some(place) => so_far.checked_add(digit * place)?,
                });
                place = place.map(|place| place / 10);
            }
            '.' | ',' if number.is_some() && place.is_none() => place = Some(100),
            unit => {
                let seconds = match (unit, in_time) {
                    ('W', false) => 7 * 86_400,
                    ('D', false) => 86_400,
                    ('H', true) => 3600,
                    ('M', true) => 60,
                    ('S', true) => 1,
                    _ => return None,
                };
                ms = ms.checked_add(number?.checked_mul(seconds)?)?;
                (number, place, any) = (None, None, true);
            }
        }
    }
    (any && number.is_none()).then(|| Duration::from_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Option<i64> {
        Timestamp::parse(text).map(Timestamp::unix_ms)
    }

    #[test]
    fn rfc_3339_and_its_relatives_are_read() {
        assert_eq!(ms("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(ms("2024-10-07T12:00:00Z"), Some(1_728_302_400_000));
        assert_eq!(ms("2024-10-07t12:00:00.5z"), Some(1_728_302_400_500));
        assert_eq!(ms("2018-02-13T20:35:35.076Z"), Some(1_518_554_135_076));
        assert_eq!(ms("2024-10-07T12:00:00.123456789Z"), Some(1_728_302_400_123));
        assert_eq!(ms("2024-10-07T14:00:00+02:00"), Some(1_728_302_400_000));
        assert_eq!(ms("2024-10-07T07:00:00-0500"), Some(1_728_302_400_000));
        assert_eq!(ms("2024-10-07T14:00:00+02"), Some(1_728_302_400_000));
        assert_eq!(ms("2024-10-07 12:00:00"), Some(1_728_302_400_000));
        assert_eq!(ms("2024-10-07T12:00Z[UTC]"), Some(1_728_302_400_000));
        assert_eq!(ms(" 2024-10-07 "), Some(1_728_259_200_000));
        assert_eq!(ms("2000-02-29"), Some(951_782_400_000));
        assert_eq!(ms("1969-12-31T23:59:59Z"), Some(-1000));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for bad in [
            "",
            "yesterday",
            "2024-13-01",
            "2024-02-30",
            "1900-02-29",
            "2024-00-10",
            "2024-10-07T",
            "2024-10-07T25:00:00Z",
            "2024-10-07T12:60:00Z",
            "2024-10-07T12:00:61Z",
            "2024-10-07T12:00:00.Z",
            "2024-10-07T12:00:00Zx",
            "2024-10-07T12:00:00+2",
            "2024-1-7",
            "٢٠٢٤-10-07",
            "0000-01-01T00:00:00+01:00",
        ] {
            assert_eq!(ms(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn it_writes_what_it_reads() {
        for text in [
            "2024-10-07T12:00:00Z",
            "0000-02-29T00:00:00Z",
            "9999-12-31T23:59:59.999Z",
            "1969-07-20T20:17:40Z",
        ] {
            assert_eq!(Timestamp::parse(text).map(|t| t.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Timestamp::from_unix_ms(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_unix_ms(i64::MIN).to_string(), "0000-01-01T00:00:00Z");
    }

    #[test]
    fn every_day_of_four_centuries_survives_the_way_there_and_back() {
        for day in -146_097..146_097 {
            let (year, month, date) = civil_from_days(day);
            assert_eq!(days_from_civil(year, month, date), day);
        }
    }

    #[test]
    fn age_is_never_negative() {
        let now = Timestamp::from_unix_ms(10_000);
        assert_eq!(Timestamp::from_unix_ms(4_000).age(now), Duration::from_secs(6));
        assert_eq!(Timestamp::from_unix_ms(99_000).age(now), Duration::ZERO);
    }

    #[test]
    fn durations_of_scans_are_read() {
        assert_eq!(parse_duration("PT8H21M7.978S"), Some(Duration::from_millis(30_067_978)));
        assert_eq!(parse_duration("PT1.23456S"), Some(Duration::from_millis(1234)));
        assert_eq!(parse_duration("PT0.5H"), Some(Duration::from_secs(1800)));
        assert_eq!(parse_duration("P1DT2H"), Some(Duration::from_secs(93_600)));
        assert_eq!(parse_duration("PT0S"), Some(Duration::ZERO));
        for bad in ["", "P", "PT", "PT5", "P1Y", "P1M", "PT1D", "PT1.2.3S", "8 hours", "PT-5S"] {
            assert_eq!(parse_duration(bad), None, "{bad:?}");
        }
        assert_eq!(parse_duration(&format!("PT{}S", "9".repeat(400))), None);
    }
}
