//! Terminal output on its way to the page: gathered into batches, and taken only as fast as the terminal
//! shows it. Nothing is lost: what finds no room stays with the program that prints, which waits.

/// Bytes that may be on their way, from the program that prints to what the terminal has shown.
pub const CREDIT_BYTES: usize = 256 << 10;
/// Whoever was turned away is asked for more once so much is free: less would cost more than it brings.
const WORTH_BYTES: usize = CREDIT_BYTES / 2;

/// Output that waits for the page.
///
/// What waits and what is owed are never more than [`CREDIT_BYTES`] together.
#[derive(Debug, Default)]
pub struct Outlet {
    waiting: Vec<u8>,
    /// Bytes sent and not yet acknowledged.
    owed_bytes: usize,
    /// Whether some output was turned away and nobody was asked for it since.
    is_starved: bool,
}

impl Outlet {
    /// Nothing waits, nothing is owed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in as much output as there is room for; says how many bytes.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(self.room());
        self.waiting.extend_from_slice(&bytes[..taken]);
        self.is_starved |= taken < bytes.len();
        taken
    }

    /// Takes a batch out, if anything waits.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        if self.waiting.is_empty() {
            return None;
        }
        self.owed_bytes += self.waiting.len();
        Some(std::mem::take(&mut self.waiting))
    }

    /// Counts bytes as shown by the page. Says whether whoever was turned away is to be asked for more.
    pub fn acknowledge(&mut self, bytes: usize) -> bool {
        self.owed_bytes = self.owed_bytes.saturating_sub(bytes);
        self.is_starved && self.room() >= WORTH_BYTES && std::mem::take(&mut self.is_starved)
    }

    fn room(&self) -> usize {
        CREDIT_BYTES - self.waiting.len() - self.owed_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_output_passes_at_once_and_in_one_piece() {
        let mut outlet = Outlet::new();
        assert!(outlet.take().is_none());
        assert_eq!(outlet.write(b"1> "), 3);
        assert_eq!(outlet.write(b"ok"), 2);
        assert_eq!(outlet.take().as_deref(), Some(&b"1> ok"[..]));
        assert!(outlet.take().is_none());
    }

    #[test]
    fn an_unread_page_holds_the_program_back_until_it_reads() {
        let mut outlet = Outlet::new();
        assert_eq!(outlet.write(&vec![b'x'; CREDIT_BYTES + 5]), CREDIT_BYTES);
        assert!(outlet.take().is_some());
        assert_eq!(outlet.write(b"more"), 0);
        assert!(!outlet.acknowledge(WORTH_BYTES - 1));
        assert!(outlet.acknowledge(1));
        assert_eq!(outlet.write(b"more"), 4);
        // Nobody was turned away since.
        assert!(!outlet.acknowledge(WORTH_BYTES));
    }

    proptest! {
        #[test]
        fn output_arrives_whole_in_its_order_and_in_bounded_room(
            steps in prop::collection::vec((0usize..400_000, 0usize..400_000), 0..40),
        ) {
            let mut outlet = Outlet::new();
            let (mut written, mut shown) = (0usize, 0usize);
            let byte = |at: usize| (at % 251) as u8;
            for (write, acknowledge) in steps {
                let bytes: Vec<u8> = (written..written + write).map(byte).collect();
                written += outlet.write(&bytes);
                prop_assert!(outlet.waiting.len() + outlet.owed_bytes <= CREDIT_BYTES);
                if let Some(batch) = outlet.take() {
                    let expected: Vec<u8> = (shown..shown + batch.len()).map(byte).collect();
                    prop_assert_eq!(&batch, &expected);
                    shown += batch.len();
                }
                outlet.acknowledge(acknowledge);
            }
            prop_assert_eq!(written, shown);
        }

        #[test]
        fn whoever_was_turned_away_is_asked_again_once_all_is_shown(over in 1usize..1_000) {
            let mut outlet = Outlet::new();
            outlet.write(&vec![b'x'; CREDIT_BYTES + over]);
            outlet.take();
            prop_assert!(outlet.acknowledge(CREDIT_BYTES));
        }
    }
}
