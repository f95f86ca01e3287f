//! Runs small modules in the tests of the steps: what a step changed has to compute what it computed before.

use std::cell::RefCell;

use anyhow::Result;
use walrus::Module;
use wasmi::{Engine, Instance, Linker, Store};

use super::{Names, Outcome, parse};

/// A module in its text form after a step, running.
pub struct Running {
    store: RefCell<Store<()>>,
    instance: Instance,
    /// What the step said of it.
    pub outcome: Outcome,
}

impl Running {
    /// Runs `step` on the module, then the module.
    pub fn after(text: &str, step: impl Fn(&mut Module) -> Result<Outcome>) -> Result<Running> {
        let mut module = parse(&wat::parse_str(text)?, Names::Kept)?;
        let outcome = step(&mut module)?;
        let engine = Engine::default();
        let compiled = wasmi::Module::new(&engine, module.emit_wasm())?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &compiled)?;
        Ok(Running {
            store: RefCell::new(store),
            instance,
            outcome,
        })
    }

    /// Calls an exported function of `i32`s that gives one.
    pub fn call(&self, name: &str, arguments: &[i32]) -> i32 {
        let mut store = self.store.borrow_mut();
        let function = self.instance.get_func(&*store, name).expect("is exported");
        let arguments: Vec<_> = arguments.iter().map(|&n| wasmi::Val::I32(n)).collect();
        let mut result = [wasmi::Val::I32(0)];
        function
            .call(&mut *store, &arguments, &mut result)
            .expect("ends");
        result[0].i32().expect("is an i32")
    }
}
