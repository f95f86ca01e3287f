//! The code of a module: its instructions, decoded and checked against the module's tables.

mod check;
mod opcode;
mod operand;

pub use opcode::Opcode;
pub(crate) use opcode::{Form, op};
pub use operand::{Operand, Value};

use crate::error::{Error, Place, Reason};
use crate::limits::Limits;
use crate::reader::Reader;

pub(crate) use check::{Tables, check};

/// One instruction. Its operands stand in [`Code::operands`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruction {
    /// What it does.
    pub opcode: Opcode,
    /// Where it lies in the file.
    pub offset: usize,
    /// Where its operands begin.
    first: usize,
    /// How many there are, those inside lists included.
    count: usize,
}

/// The instructions of a module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    instructions: Vec<Instruction>,
    operands: Vec<Operand>,
}

impl Code {
    /// The instructions in order.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// The operands of an instruction of this code, those of a list right after it.
    pub fn operands(&self, instruction: &Instruction) -> &[Operand] {
        let end = instruction.first + instruction.count;
        self.operands
            .get(instruction.first..end)
            .unwrap_or_default()
    }

    /// Decodes the instructions up to the one that ends the code. `offset` is where they begin.
    pub(crate) fn decode(bytes: &[u8], offset: usize, limits: &Limits) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes, Place::File(offset));
        let mut code = Self::default();
        // Three bytes an instruction and one an operand is what compiled code comes to.
        code.instructions.reserve(bytes.len() / 4);
        code.operands.reserve(bytes.len() / 2);
        loop {
            let place = reader.place();
            if reader.left() == 0 {
                return Err(Error {
                    place,
                    reason: Reason::NoCodeEnd,
                });
            }
            let number = reader.u8("an instruction")?;
            let opcode = Opcode::new(number).ok_or(Error {
                place,
                reason: Reason::UnknownOpcode(number),
            })?;
            let first = code.operands.len();
            for form in opcode.forms() {
                code.operand(&mut reader, opcode, *form)?;
            }
            let count = code.operands.len() - first;
            code.instructions.push(Instruction {
                opcode,
                offset: place.offset(),
                first,
                count,
            });
            if number == op::INT_CODE_END {
                break;
            }
            if code.instructions.len() > limits.instructions {
                let (found, limit) = (code.instructions.len(), limits.instructions);
                let reason = Reason::TooMany {
                    what: "instructions",
                    found,
                    limit,
                };
                return Err(Error { place, reason });
            }
        }
        reader.end("the code")?;
        Ok(code)
    }

    /// Reads an operand, and what follows it if it is a list.
    fn operand(
        &mut self,
        reader: &mut Reader<'_>,
        opcode: Opcode,
        form: Form,
    ) -> Result<(), Error> {
        let place = reader.place();
        let operand = operand::read(reader)?;
        let wrong = || Error {
            place,
            reason: wrong(opcode, form),
        };
        if !form.admits(operand.value) {
            return Err(wrong());
        }
        self.operands.push(operand);
        let following = match operand.value {
            Value::List(count) => count as usize,
            Value::Alloc(count) => count as usize * 2,
            _ => return Ok(()),
        };
        // Each takes a byte at least; and instructions bound the whole.
        if following > reader.left() {
            let reason = Reason::Truncated {
                what: "a list",
                needed: following,
                left: reader.left(),
            };
            return Err(Error { place, reason });
        }
        let inner: &[Form] = match form {
            Form::List(inner) => inner,
            Form::Alloc => &[Form::Word],
            _ => &[Form::Any],
        };
        if following % inner.len() != 0 {
            return Err(wrong());
        }
        for form in inner.iter().cycle().take(following) {
            let place = reader.place();
            let operand = operand::read(reader)?;
            // No list holds a list.
            let nested = matches!(operand.value, Value::List(_) | Value::Alloc(_));
            if nested || !form.admits(operand.value) {
                return Err(Error {
                    place,
                    reason: self::wrong(opcode, *form),
                });
            }
            self.operands.push(operand);
        }
        Ok(())
    }
}

/// The refusal of an operand of another form.
fn wrong(opcode: Opcode, form: Form) -> Reason {
    Reason::WrongOperand {
        opcode: opcode.name(),
        expected: form.name(),
    }
}

impl Form {
    /// Whether an operand can be of this form.
    pub(crate) fn admits(self, value: Value) -> bool {
        use Value as V;
        match self {
            Self::Any => true,
            Self::Source => matches!(
                value,
                V::X { .. }
                    | V::Y { .. }
                    | V::Word(_)
                    | V::Integer(_)
                    | V::Big(_)
                    | V::Nil
                    | V::Atom(_)
                    | V::Literal(_)
            ),
            Self::SourceOrFloat => matches!(value, V::Float(_)) || Self::Source.admits(value),
            Self::Dest => matches!(value, V::X { hint: None, .. } | V::Y { hint: None, .. }),
            Self::Y => matches!(value, V::Y { hint: None, .. }),
            Self::Float => matches!(value, V::Float(_)),
            Self::Atom => matches!(value, V::Atom(_)),
            Self::Label => matches!(value, V::Label(1..)),
            Self::Fail => matches!(value, V::Label(_)),
            Self::AtomOrFail => matches!(value, V::Atom(_) | V::Label(_)),
            Self::Number => matches!(value, V::Word(1..)),
            Self::Word | Self::Arity | Self::Import | Self::Bif | Self::Fun => {
                matches!(value, V::Word(_))
            }
            Self::Alloc => matches!(value, V::Word(_) | V::Alloc(_)),
            Self::List(_) | Self::Commands => matches!(value, V::List(_)),
        }
    }

    /// The form in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "an operand",
            Self::Source => "a register or a constant",
            Self::SourceOrFloat => "a register, a floating point register or a constant",
            Self::Dest => "a register",
            Self::Y => "a stack register",
            Self::Float => "a floating point register",
            Self::Atom => "an atom",
            Self::Label => "a label",
            Self::Fail => "a label or none",
            Self::AtomOrFail => "an atom, a label or none",
            Self::Number => "the number of a label",
            Self::Word => "a number",
            Self::Arity => "an arity",
            Self::Import => "an import",
            Self::Bif => "an import to be called directly",
            Self::Fun => "a closure",
            Self::Alloc => "what to allocate",
            Self::List(_) => "a list",
            Self::Commands => "a list of commands",
        }
    }
}
