//! Reads, checks and writes BEAM modules and AVM packs: bytes in, values or a refusal out. No I/O.
