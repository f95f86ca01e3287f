//! Numbers as people write them, read without a float in between, and written the shortest way.

/// Why a text is no such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotANumber {
    Empty,
    NoDigits,
    TooFine,
    TooLarge,
}

/// Reads a number with at most so many decimals as a whole number of its last place: with two,
/// `1.5` is 150.
pub(crate) fn read(text: &str, places: usize) -> Result<u64, NotANumber> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NotANumber::Empty);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || text.ends_with('.') {
        return Err(NotANumber::NoDigits);
    }
    if fraction.len() > places {
        return Err(NotANumber::TooFine);
    }
    let padded = format!("{whole}{fraction:0<places$}");
    // Leading zeros may make it long without making it large.
    let padded = padded.trim_start_matches('0');
    if padded.is_empty() {
        return Ok(0);
    }
    padded.parse().map_err(|_| NotANumber::TooLarge)
}

/// Writes what [`read`] reads.
pub(crate) fn write(number: u64, places: usize) -> String {
    let scale = 10_u64.pow(places as u32);
    let text = format!("{}.{:0places$}", number / scale, number % scale);
    match places {
        0 => (number / scale).to_string(),
        _ => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        let check = |text: &str, places, want| assert_eq!(read(text, places), want, "{text:.60}");
        check("99.9", 4, Ok(999_000));
        check(" 0.1 ", 4, Ok(1_000));
        check("10", 3, Ok(10_000));
        check("0", 3, Ok(0));
        check("1.50000000", 1, Ok(15));
        check("", 3, Err(NotANumber::Empty));
        check("  ", 3, Err(NotANumber::Empty));
        check("1.0001", 3, Err(NotANumber::TooFine));
        for text in [
            "-1", "+1", "1e3", "1,5", ".5", "1.", "1.2.3", "NaN", "½", "1 0",
        ] {
            check(text, 3, Err(NotANumber::NoDigits));
        }
        check("99999999999999999999", 0, Err(NotANumber::TooLarge));
        check(&"9".repeat(1 << 20), 0, Err(NotANumber::TooLarge));
        check(&format!("{}7", "0".repeat(50)), 0, Ok(7));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(number in 0..=u64::MAX / 10, places in 0..8_usize) {
            prop_assert_eq!(read(&write(number, places), places), Ok(number));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}", places in 0..8_usize) {
            let _ = read(&text, places);
        }
    }
}
