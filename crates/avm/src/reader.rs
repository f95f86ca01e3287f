//! A cursor over bytes that knows where it is and refuses to read past the end.

use crate::error::{Error, Place, Reason};

/// Reads big-endian values from front to back.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    start: Place,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, the first of which lies at `start`.
    pub(crate) fn new(bytes: &'a [u8], start: Place) -> Self {
        Self {
            bytes,
            position: 0,
            start,
        }
    }

    /// Where the next byte lies.
    pub(crate) fn place(&self) -> Place {
        match self.start {
            Place::File(start) => Place::File(start + self.position),
            Place::Literals(start) => Place::Literals(start + self.position),
        }
    }

    /// How many bytes were read.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// A refusal at the next byte.
    pub(crate) fn refuse(&self, reason: Reason) -> Error {
        Error {
            place: self.place(),
            reason,
        }
    }

    /// The next `count` bytes.
    #[inline]
    pub(crate) fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], Error> {
        match self
            .bytes
            .get(self.position..)
            .and_then(|rest| rest.get(..count))
        {
            Some(taken) => {
                self.position += count;
                Ok(taken)
            }
            None => Err(self.refuse(Reason::Truncated {
                what,
                needed: count,
                left: self.left(),
            })),
        }
    }

    /// The next `N` bytes as an array.
    #[inline]
    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    /// One byte.
    #[inline]
    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, Error> {
        Ok(self.array::<1>(what)?[0])
    }

    /// Two bytes.
    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, Error> {
        self.array(what).map(u16::from_be_bytes)
    }

    /// Four bytes.
    #[inline]
    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Error> {
        self.array(what).map(u32::from_be_bytes)
    }

    /// Four bytes that tell a size or a count.
    pub(crate) fn size(&mut self, what: &'static str) -> Result<usize, Error> {
        // Every platform we build for has at least 32 bits of address.
        self.u32(what).map(|size| size as usize)
    }

    /// A count of entries of at least `width` bytes each: within the limit, and within what is left.
    pub(crate) fn count(
        &mut self,
        what: &'static str,
        width: usize,
        limit: usize,
    ) -> Result<usize, Error> {
        let place = self.place();
        let found = self.size(what)?;
        if found > limit {
            return Err(Error {
                place,
                reason: Reason::TooMany { what, found, limit },
            });
        }
        match found.checked_mul(width) {
            Some(needed) if needed <= self.left() => Ok(found),
            needed => {
                let needed = needed.unwrap_or(usize::MAX);
                Err(Error {
                    place,
                    reason: Reason::Truncated {
                        what,
                        needed,
                        left: self.left(),
                    },
                })
            }
        }
    }

    /// Nothing may be left.
    pub(crate) fn end(&self, what: &'static str) -> Result<(), Error> {
        match self.left() {
            0 => Ok(()),
            left => Err(self.refuse(Reason::LeftOver { what, left })),
        }
    }
}
