//! Numbers and verdicts in words. Pure: what it is given is what it knows.

/// A count with its thousands apart: `1,234`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One thing or several: `1 roundtrip`, `2 roundtrips`.
pub fn counted(number: u64, one: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {one}{ending}", count(number))
}

/// Bytes as a person reads them, in powers of ten: `412 kB`, `1.2 MB`.
pub fn bytes(number: u64) -> String {
    match number {
        0..1_000 => format!("{number} B"),
        1_000..999_500 => format!("{} kB", (number + 500) / 1_000),
        _ => {
            let tenths = (number.saturating_add(50_000)) / 100_000;
            format!("{}.{} MB", count(tenths / 10), tenths % 10)
        }
    }
}

/// A length of time as a bare number of milliseconds, with three digits that matter at most:
/// `0.042`, `3.21`, `12.8`, `1,250`.
pub fn millis(us: u64) -> String {
    match us {
        0..1_000 => format!("0.{us:03}"),
        1_000..9_995 => format!("{}.{:02}", (us + 5) / 1_000, (us + 5) % 1_000 / 10),
        9_995..99_950 => format!("{}.{}", (us + 50) / 1_000, (us + 50) % 1_000 / 100),
        _ => count(us.saturating_add(500) / 1_000),
    }
}

/// A count in five characters at most where it need not be exact: `99,999`, `123k`, `1.2M`.
pub fn brief(number: u64) -> String {
    match number {
        0..100_000 => count(number),
        100_000..999_500 => format!("{}k", (number + 500) / 1_000),
        _ => {
            let tenths = number.saturating_add(50_000) / 100_000;
            format!("{}.{}M", count(tenths / 10), tenths % 10)
        }
    }
}

/// A rate given in hundredths: `0`, `0.25`, `12.5`, `2,000`.
pub fn rate(hundredths: u64) -> String {
    match hundredths {
        0 => "0".to_owned(),
        1..1_000 => format!("{}.{:02}", hundredths / 100, hundredths % 100),
        1_000..99_950 => format!("{}.{}", (hundredths + 5) / 100, (hundredths + 5) % 100 / 10),
        _ => count((hundredths + 50) / 100),
    }
}

/// A length of time with its unit: `42 µs`, `3.21 ms`, `12 s`, `5 min`, `2 h`, `30 d`.
pub fn span(us: u64) -> String {
    const SECOND: u64 = 1_000_000;
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..SECOND => format!("{} ms", millis(us)),
        SECOND..60_000_000 if us.is_multiple_of(SECOND) => format!("{} s", us / SECOND),
        SECOND..60_000_000 => format!("{}.{} s", us / SECOND, us % SECOND / 100_000),
        60_000_000..7_200_000_000 => format!("{} min", us / 60_000_000),
        7_200_000_000..172_800_000_000 => format!("{} h", us / 3_600_000_000),
        _ => format!("{} d", count(us / 86_400_000_000)),
    }
}

/// A burn rate or another factor: `0`, `0.25`, `14.4`, `375`.
pub fn times(factor: f64) -> String {
    match factor {
        0.0 => "0".to_owned(),
        ..0.01 => "< 0.01".to_owned(),
        ..9.995 => trimmed(&format!("{factor:.2}")),
        ..99.95 => trimmed(&format!("{factor:.1}")),
        _ => count(factor.round() as u64),
    }
}

fn trimmed(decimal: &str) -> String {
    decimal
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// `part` of `whole` in percent, rounded up in its last place: what is not nothing never reads
/// as nothing, and only nothing reads `0 %`.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let hundredths = (u128::from(part) * 10_000)
        .div_ceil(u128::from(whole))
        .min(u128::from(u64::MAX)) as u64;
    match (hundredths / 100, hundredths % 100) {
        (ones, 0) => format!("{} %", count(ones)),
        (ones, rest) if rest % 10 == 0 => format!("{}.{} %", count(ones), rest / 10),
        (ones, rest) => format!("{}.{rest:02} %", count(ones)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const N: usize>(format: impl Fn(u64) -> String, cases: [(u64, &str); N]) {
        for (number, text) in cases {
            assert_eq!(format(number), text);
        }
    }

    #[test]
    fn counts_have_their_thousands_apart() {
        check(
            count,
            [
                (0, "0"),
                (999, "999"),
                (1_000, "1,000"),
                (u64::MAX, "18,446,744,073,709,551,615"),
            ],
        );
        check(
            |number| counted(number, "roundtrip"),
            [
                (0, "0 roundtrips"),
                (1, "1 roundtrip"),
                (2_500, "2,500 roundtrips"),
            ],
        );
    }

    #[test]
    fn bytes_are_short_and_never_jump_a_unit() {
        check(
            bytes,
            [
                (0, "0 B"),
                (999, "999 B"),
                (1_000, "1 kB"),
                (672_100, "672 kB"),
                (999_499, "999 kB"),
                (999_500, "1.0 MB"),
                (1_249_999, "1.2 MB"),
                (u64::MAX, "18,446,744,073,709.5 MB"),
            ],
        );
    }

    #[test]
    fn milliseconds_keep_the_digits_that_matter() {
        check(
            millis,
            [
                (0, "0.000"),
                (42, "0.042"),
                (999, "0.999"),
                (1_000, "1.00"),
                (3_214, "3.21"),
                (9_994, "9.99"),
                (9_995, "10.0"),
                (12_849, "12.8"),
                (99_949, "99.9"),
                (99_950, "100"),
                (1_250_499, "1,250"),
            ],
        );
    }

    #[test]
    fn numbers_of_the_panel_keep_to_their_room() {
        check(
            brief,
            [
                (0, "0"),
                (99_999, "99,999"),
                (100_000, "100k"),
                (999_499, "999k"),
                (999_500, "1.0M"),
                (12_345_678, "12.3M"),
            ],
        );
        check(
            rate,
            [
                (0, "0"),
                (25, "0.25"),
                (1_250, "12.5"),
                (99_949, "999.5"),
                (99_950, "1,000"),
                (200_000, "2,000"),
            ],
        );
        check(
            span,
            [
                (42, "42 µs"),
                (10_000, "10.0 ms"),
                (2_000_000, "2 s"),
                (2_500_000, "2.5 s"),
                (300_000_000, "5 min"),
                (7_200_000_000, "2 h"),
                (2_592_000_000_000, "30 d"),
            ],
        );
        let words = [0.0, 0.001, 0.25, 4.0, 14.4, 375.4].map(times);
        assert_eq!(words.join(" "), "0 < 0.01 0.25 4 14.4 375");
    }

    #[test]
    fn only_nothing_reads_as_nothing() {
        check(
            |part| percent(part, 1_000_000),
            [
                (0, "0 %"),
                (1, "0.01 %"),
                (1_000, "0.1 %"),
                (1_001, "0.11 %"),
                (500_000, "50 %"),
                (1_000_000, "100 %"),
            ],
        );
        assert_eq!(percent(0, 0), "–");
        assert_eq!(percent(u64::MAX, 1), "184,467,440,737,095,516.15 %");
    }
}
