//! Terminal output on its way to the page: gathered into batches, bounded, and sent only as fast as the
//! terminal takes it. What finds no room is counted; the newest is kept, since that is what a person reads.

/// Bytes that the page may owe before nothing more is sent.
const CREDIT_BYTES: usize = 256 << 10;
/// Bytes that wait in the worker before the oldest are dropped.
const WAITING_BYTES: usize = 1 << 20;

/// Output that waits for the page.
#[derive(Debug)]
pub struct Outlet {
    waiting: Vec<u8>,
    /// Bytes lost since the last batch, all older than what waits.
    dropped_bytes: u64,
    /// Bytes sent and not yet acknowledged.
    owed_bytes: usize,
}

/// What goes to the page in one message.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch {
    /// Bytes lost just before these.
    pub dropped_bytes: u64,
    /// The output.
    pub bytes: Vec<u8>,
}

impl Default for Outlet {
    fn default() -> Self {
        Self::new()
    }
}

impl Outlet {
    /// Nothing waits, nothing is owed.
    pub fn new() -> Self {
        Self {
            waiting: Vec::new(),
            dropped_bytes: 0,
            owed_bytes: 0,
        }
    }

    /// Takes output in. Says whether a batch can be taken out now.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > WAITING_BYTES {
            self.drop_oldest();
        }
        self.is_open()
    }

    /// Takes a batch out, if anything waits and the page has taken enough of what it was sent.
    pub fn take(&mut self) -> Option<Batch> {
        if !self.is_open() {
            return None;
        }
        let bytes = std::mem::take(&mut self.waiting);
        self.owed_bytes += bytes.len();
        Some(Batch {
            dropped_bytes: std::mem::take(&mut self.dropped_bytes),
            bytes,
        })
    }

    /// Counts bytes as taken by the page. Says whether a batch can be taken out now.
    pub fn acknowledge(&mut self, bytes: usize) -> bool {
        self.owed_bytes = self.owed_bytes.saturating_sub(bytes);
        self.is_open()
    }

    fn is_open(&self) -> bool {
        !self.waiting.is_empty() && self.owed_bytes < CREDIT_BYTES
    }

    /// Halves what waits, so that dropping is rare, and goes on to the next line: a cut in the middle of
    /// a character or of a control sequence would garble what follows.
    fn drop_oldest(&mut self) {
        let least = self.waiting.len() - WAITING_BYTES / 2;
        let line = self.waiting[least..].iter().position(|&byte| byte == b'\n');
        let cut = line.map_or(least, |at| least + at + 1);
        self.waiting.drain(..cut);
        self.dropped_bytes += cut as u64;
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
        assert!(outlet.write(b"1> "));
        assert!(outlet.write(b"ok"));
        let batch = outlet.take().expect("a batch");
        assert_eq!(
            (batch.bytes.as_slice(), batch.dropped_bytes),
            (&b"1> ok"[..], 0)
        );
        assert!(outlet.take().is_none());
    }

    #[test]
    fn an_unread_page_holds_output_back_until_it_reads() {
        let mut outlet = Outlet::default();
        outlet.write(&vec![b'x'; CREDIT_BYTES]);
        assert!(outlet.take().is_some());
        assert!(!outlet.write(b"more"));
        assert!(outlet.take().is_none());
        assert!(outlet.acknowledge(1));
        assert_eq!(outlet.take().expect("a batch").bytes, b"more");
    }

    #[test]
    fn the_oldest_lines_are_dropped_and_counted() {
        let mut outlet = Outlet::new();
        let mut written = 0;
        for n in 0..200_000 {
            let line = format!("line {n}\n");
            written += line.len() as u64;
            outlet.write(line.as_bytes());
        }
        let batch = outlet.take().expect("a batch");
        assert_eq!(batch.dropped_bytes + batch.bytes.len() as u64, written);
        assert!(batch.bytes.starts_with(b"line "));
        assert!(batch.bytes.ends_with(b"line 199999\n"));
    }

    proptest! {
        #[test]
        fn every_byte_is_sent_or_counted(
            steps in prop::collection::vec((0usize..400_000, 0usize..400_000), 0..40),
        ) {
            let mut outlet = Outlet::new();
            let (mut written, mut accounted) = (0u64, 0u64);
            for (write, acknowledge) in steps {
                outlet.write(&vec![b'.'; write]);
                written += write as u64;
                prop_assert!(outlet.waiting.len() <= WAITING_BYTES);
                if let Some(batch) = outlet.take() {
                    accounted += batch.bytes.len() as u64 + batch.dropped_bytes;
                }
                outlet.acknowledge(acknowledge);
            }
            outlet.acknowledge(usize::MAX);
            if let Some(batch) = outlet.take() {
                accounted += batch.bytes.len() as u64 + batch.dropped_bytes;
            }
            prop_assert_eq!(written, accounted + outlet.dropped_bytes);
        }
    }
}
