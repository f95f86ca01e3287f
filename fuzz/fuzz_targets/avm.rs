//! Any bytes, as a module, a pack and a machine: parsed or refused, and the same once written.

#![no_main]

use avm::vm::natives_in;
use avm::{Beam, Limits, Natives, Pack, Vm, gate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Low enough for an allocation beyond them to show.
    let limits = Limits {
        literal_bytes: 1 << 20,
        ..Limits::default()
    };
    if let Ok(module) = Beam::parse(bytes, &limits) {
        let packed = module.to_packed();
        let again = Beam::parse(&packed, &limits).expect("what we write is sound");
        assert_eq!(again.to_packed(), packed);
        assert_eq!(again.literals(), module.literals());
        let vm = Vm::atomvm(Natives::default());
        assert_eq!(
            gate::check(&[again], &vm).len(),
            gate::check(&[module], &vm).len()
        );
    }
    if let Ok(pack) = Pack::parse(bytes, &limits) {
        assert_eq!(Pack::parse(&pack.write(), &limits).as_ref(), Ok(&pack));
    }
    let _ = natives_in(bytes);
});
