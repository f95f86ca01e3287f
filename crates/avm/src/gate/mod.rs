//! The gate before the machine: what in a set of modules would end it, or raise where OTP would not.
//! [`Problem`] says how AtomVM 0.7 treats each thing that it lacks.

mod finding;
mod operands;

pub use finding::{Effect, Finding, Problem};

use std::collections::BTreeSet;

use crate::beam::{Atom, Beam};
use crate::code::{Form, Instruction, Opcode, Operand, Value, op};
use crate::vm::{Mfa, Native, Vm};

/// Checks modules that come together against the machine and the modules it has.
///
/// A native function goes before one of the same name in a module, wherever it is called from
/// another module; inside the module the module's own comes first.
///
/// The gate knows what the machine fails to load, decode or call. It is no verifier of code: it
/// trusts compilers to use registers, tuples and binaries as their types allow.
pub fn check(modules: &[Beam<'_>], vm: &Vm) -> Vec<Finding> {
    let exported: BTreeSet<Mfa> = modules.iter().flat_map(Beam::exported).collect();
    modules
        .iter()
        .flat_map(|module| Checker::new(module, vm, &exported).check())
        .collect()
}

/// The check of one module.
struct Checker<'c, 'a> {
    module: &'c Beam<'a>,
    vm: &'c Vm,
    /// What the imports are, by index.
    imports: Vec<Target>,
    /// The entry labels of functions that the module itself refers to.
    entered: BTreeSet<u32>,
    findings: Vec<Finding>,
    /// The function being looked at, the label it begins at, and where its findings begin.
    function: Option<(String, u32)>,
    entry: Option<u32>,
    first: usize,
}

/// What an import comes to.
struct Target {
    function: Mfa,
    native: Option<Native>,
    defined: bool,
}

impl<'c, 'a> Checker<'c, 'a> {
    fn new(module: &'c Beam<'a>, vm: &'c Vm, exported: &BTreeSet<Mfa>) -> Self {
        let target = |function: Mfa| Target {
            native: vm.natives().get(&function),
            defined: exported.contains(&function) || vm.has(&function),
            function,
        };
        let imports = module.imported().map(target).collect();
        let entered = entered(module);
        let findings = Vec::new();
        Self {
            module,
            vm,
            imports,
            entered,
            findings,
            function: None,
            entry: None,
            first: 0,
        }
    }

    fn check(mut self) -> Vec<Finding> {
        let code = self.module.code();
        for instruction in code.instructions() {
            let operands = code.operands(instruction);
            match (instruction.opcode.number(), operands) {
                (
                    op::LABEL,
                    [
                        Operand {
                            value: Value::Word(label),
                            ..
                        },
                    ],
                ) => {
                    self.entry = self.entry.or(u32::try_from(*label).ok());
                }
                (
                    op::FUNC_INFO,
                    [
                        _,
                        Operand {
                            value: Value::Atom(name),
                            ..
                        },
                        arity,
                    ],
                ) => {
                    self.enter(*name, arity.value);
                }
                _ => {}
            }
            self.instruction(instruction, operands);
        }
        self.findings
    }

    /// Goes on to the next function.
    fn enter(&mut self, name: Atom, arity: Value) {
        let name = self.module.atoms().get(name).unwrap_or_default();
        let arity = match arity {
            Value::Word(arity) => u32::try_from(arity).unwrap_or(u32::MAX),
            _ => 0,
        };
        self.function = Some((name.to_owned(), arity));
        self.entry = None;
        self.first = self.findings.len();
    }

    /// Notes a problem, once in a function.
    fn found(&mut self, offset: usize, problem: Problem) {
        if self.findings[self.first..]
            .iter()
            .any(|finding| finding.problem == problem)
        {
            return;
        }
        let function = self
            .function
            .as_ref()
            .map(|(name, arity)| format!("{name}/{arity}"));
        let module = self.module.name().to_owned();
        self.findings.push(Finding {
            module,
            function,
            offset,
            problem,
        });
    }

    fn instruction(&mut self, instruction: &Instruction, operands: &[Operand]) {
        let Instruction { opcode, offset, .. } = *instruction;
        if !self.vm.runs(opcode) {
            self.found(offset, Problem::Opcode(opcode));
            return;
        }
        let module = self.module;
        operands::problems(opcode, operands, module, &mut |problem| {
            self.found(offset, problem)
        });
        for (form, operand) in opcode.forms().iter().zip(operands) {
            let Value::Word(index) = operand.value else {
                continue;
            };
            let problem = match form {
                Form::Import => self.call(index),
                Form::Bif => self.direct(opcode, index),
                _ => None,
            };
            if let Some(problem) = problem {
                self.found(offset, problem);
            }
        }
        for operand in operands {
            if let Value::Literal(index) = operand.value
                && let Some(problem) = self.literal(index)
            {
                self.found(offset, problem);
            }
        }
    }

    /// An ordinary call of an import.
    fn call(&self, index: u64) -> Option<Problem> {
        let target = self.imports.get(usize::try_from(index).ok()?)?;
        let function = || target.function.clone();
        match target.native {
            Some(Native::Nif) if is_nif_error(&target.function) => {
                self.is_reached().then_some(Problem::Stub)
            }
            Some(Native::Nif) => None,
            Some(Native::Bif | Native::GcBif) if target.function.arity > 2 => {
                Some(Problem::DirectOnly(function()))
            }
            // The machine has no way to call a collecting function without arguments.
            Some(Native::GcBif) if target.function.arity == 0 => {
                Some(Problem::DirectOnly(function()))
            }
            Some(_) => None,
            None => (!target.defined).then(|| Problem::Undefined(function())),
        }
    }

    /// A direct call of an import.
    fn direct(&self, opcode: Opcode, index: u64) -> Option<Problem> {
        let target = self.imports.get(usize::try_from(index).ok()?)?;
        let expected = match opcode.name().starts_with("gc_") {
            true => Native::GcBif,
            false => Native::Bif,
        };
        let function = || target.function.clone();
        (target.native != Some(expected)).then(|| Problem::NotDirect {
            opcode,
            function: function(),
        })
    }

    /// Whether the function that is looked at can be called: not if a native one stands in for it
    /// outside and the module itself does not refer to it.
    fn is_reached(&self) -> bool {
        let Some((name, arity)) = &self.function else {
            return true;
        };
        let this = Mfa::new(self.module.name(), name, *arity);
        self.vm.natives().get(&this).is_none()
            || self.entry.is_none_or(|entry| self.entered.contains(&entry))
    }

    fn literal(&self, index: u32) -> Option<Problem> {
        let literal = self.module.literals().list().get(index as usize)?;
        let holds = match literal.traits {
            traits if traits.bit_string => "a bit string that is not whole bytes",
            traits if traits.big_bytes > 32 => "an integer of more than 256 bits",
            _ => return None,
        };
        Some(Problem::Literal { index, holds })
    }
}

/// The function whose call ends the machine.
fn is_nif_error(function: &Mfa) -> bool {
    (
        function.module.as_str(),
        function.function.as_str(),
        function.arity,
    ) == ("erlang", "nif_error", 1)
}

/// The labels that calls and closures of a module go to.
fn entered(module: &Beam<'_>) -> BTreeSet<u32> {
    let code = module.code();
    let calls = code.instructions().iter().filter(|instruction| {
        matches!(
            instruction.opcode.number(),
            op::CALL | op::CALL_LAST | op::CALL_ONLY
        )
    });
    let called = calls.filter_map(
        |instruction| match code.operands(instruction).get(1)?.value {
            Value::Label(label) => Some(label),
            _ => None,
        },
    );
    called
        .chain(module.funs().iter().map(|fun| fun.label))
        .collect()
}
