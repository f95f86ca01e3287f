//! The instruction set: every opcode of OTP up to 28, its name and the form of its operands.

use std::fmt;

/// What an operand must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Anything; instructions that no compiler has written for decades.
    Any,
    /// A register or a constant.
    Source,
    /// As `Source`, or a floating point register.
    SourceOrFloat,
    /// A register.
    Dest,
    /// A stack register.
    Y,
    /// A floating point register.
    Float,
    /// An atom.
    Atom,
    /// A label to go to.
    Label,
    /// A label to go to on failure, or none: an exception then.
    Fail,
    /// As `Fail`, or an atom that says that there is no failure.
    AtomOrFail,
    /// The number of the label defined here.
    Number,
    /// A count, size, unit or position.
    Word,
    /// How many arguments a function takes.
    Arity,
    /// An import that is called.
    Import,
    /// An import that is called directly, as a function of the machine.
    Bif,
    /// A closure.
    Fun,
    /// How much to allocate: words, or a list by kind.
    Alloc,
    /// A list in which these forms repeat.
    List(&'static [Form]),
    /// The little language of `bs_match`.
    Commands,
}

use Form::*;

/// An opcode that OTP knows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Opcode(u8);

impl Opcode {
    /// The opcode with this number, if OTP knows it.
    pub fn new(number: u8) -> Option<Self> {
        (number >= 1 && usize::from(number) <= TABLE.len()).then_some(Self(number))
    }

    /// All opcodes in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=u8::MAX).map_while(Self::new)
    }

    /// Its number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The forms of its operands.
    pub(crate) fn forms(self) -> &'static [Form] {
        self.row().1
    }

    fn row(self) -> &'static (&'static str, &'static [Form]) {
        // `new` lets no other number in.
        &TABLE[usize::from(self.0) - 1]
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.0)
    }
}

impl fmt::Debug for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The opcodes that the code of this crate names.
pub(crate) mod op {
    pub(crate) const LABEL: u8 = 1;
    pub(crate) const FUNC_INFO: u8 = 2;
    pub(crate) const INT_CODE_END: u8 = 3;
    pub(crate) const CALL: u8 = 4;
    pub(crate) const CALL_LAST: u8 = 5;
    pub(crate) const CALL_ONLY: u8 = 6;
    pub(crate) const BS_PUT_STRING: u8 = 92;
    pub(crate) const BS_MATCH_STRING: u8 = 132;
    pub(crate) const MAKE_FUN3: u8 = 171;
    pub(crate) const BS_CREATE_BIN: u8 = 177;
}

/// Name and operands by number, from 1.
#[rustfmt::skip]
static TABLE: [(&str, &[Form]); 185] = [
    ("label", &[Number]),
    ("func_info", &[Atom, Atom, Arity]),
    ("int_code_end", &[]),
    ("call", &[Arity, Label]),
    ("call_last", &[Arity, Label, Word]),
    ("call_only", &[Arity, Label]),
    ("call_ext", &[Arity, Import]),
    ("call_ext_last", &[Arity, Import, Word]),
    ("bif0", &[Bif, Dest]),
    ("bif1", &[Fail, Bif, Source, Dest]),
    ("bif2", &[Fail, Bif, Source, Source, Dest]),
    ("allocate", &[Word, Word]),
    ("allocate_heap", &[Word, Alloc, Word]),
    ("allocate_zero", &[Word, Word]),
    ("allocate_heap_zero", &[Word, Alloc, Word]),
    ("test_heap", &[Alloc, Word]),
    ("init", &[Y]),
    ("deallocate", &[Word]),
    ("return", &[]),
    ("send", &[]),
    ("remove_message", &[]),
    ("timeout", &[]),
    ("loop_rec", &[Label, Dest]),
    ("loop_rec_end", &[Label]),
    ("wait", &[Label]),
    ("wait_timeout", &[Label, Source]),
    ("m_plus", &[Any, Any, Any, Any]),
    ("m_minus", &[Any, Any, Any, Any]),
    ("m_times", &[Any, Any, Any, Any]),
    ("m_div", &[Any, Any, Any, Any]),
    ("int_div", &[Any, Any, Any, Any]),
    ("int_rem", &[Any, Any, Any, Any]),
    ("int_band", &[Any, Any, Any, Any]),
    ("int_bor", &[Any, Any, Any, Any]),
    ("int_bxor", &[Any, Any, Any, Any]),
    ("int_bsl", &[Any, Any, Any, Any]),
    ("int_bsr", &[Any, Any, Any, Any]),
    ("int_bnot", &[Any, Any, Any]),
    ("is_lt", &[Fail, Source, Source]),
    ("is_ge", &[Fail, Source, Source]),
    ("is_eq", &[Fail, Source, Source]),
    ("is_ne", &[Fail, Source, Source]),
    ("is_eq_exact", &[Fail, Source, Source]),
    ("is_ne_exact", &[Fail, Source, Source]),
    ("is_integer", &[Label, Source]),
    ("is_float", &[Label, Source]),
    ("is_number", &[Label, Source]),
    ("is_atom", &[Label, Source]),
    ("is_pid", &[Label, Source]),
    ("is_reference", &[Label, Source]),
    ("is_port", &[Label, Source]),
    ("is_nil", &[Label, Source]),
    ("is_binary", &[Label, Source]),
    ("is_constant", &[Any, Any]),
    ("is_list", &[Label, Source]),
    ("is_nonempty_list", &[Label, Source]),
    ("is_tuple", &[Label, Source]),
    ("test_arity", &[Label, Source, Word]),
    ("select_val", &[Source, Label, List(&[Source, Label])]),
    ("select_tuple_arity", &[Source, Label, List(&[Word, Label])]),
    ("jump", &[Label]),
    ("catch", &[Dest, Label]),
    ("catch_end", &[Dest]),
    ("move", &[Source, Dest]),
    ("get_list", &[Source, Dest, Dest]),
    ("get_tuple_element", &[Source, Word, Dest]),
    ("set_tuple_element", &[Source, Source, Word]),
    ("put_string", &[Any, Any, Any]),
    ("put_list", &[Source, Source, Dest]),
    ("put_tuple", &[Word, Dest]),
    ("put", &[Source]),
    ("badmatch", &[Source]),
    ("if_end", &[]),
    ("case_end", &[Source]),
    ("call_fun", &[Arity]),
    ("make_fun", &[Any, Any, Any]),
    ("is_function", &[Label, Source]),
    ("call_ext_only", &[Arity, Import]),
    ("bs_start_match", &[Any, Any]),
    ("bs_get_integer", &[Any, Any, Any, Any, Any]),
    ("bs_get_float", &[Any, Any, Any, Any, Any]),
    ("bs_get_binary", &[Any, Any, Any, Any, Any]),
    ("bs_skip_bits", &[Any, Any, Any, Any]),
    ("bs_test_tail", &[Any, Any]),
    ("bs_save", &[Any]),
    ("bs_restore", &[Any]),
    ("bs_init", &[Any, Any]),
    ("bs_final", &[Any, Any]),
    ("bs_put_integer", &[Fail, Source, Word, Word, Source]),
    ("bs_put_binary", &[Fail, Source, Word, Word, Source]),
    ("bs_put_float", &[Fail, Source, Word, Word, Source]),
    ("bs_put_string", &[Word, Word]),
    ("bs_need_buf", &[Any]),
    ("fclearerror", &[]),
    ("fcheckerror", &[Fail]),
    ("fmove", &[SourceOrFloat, SourceOrFloat]),
    ("fconv", &[Source, Float]),
    ("fadd", &[Fail, Float, Float, Float]),
    ("fsub", &[Fail, Float, Float, Float]),
    ("fmul", &[Fail, Float, Float, Float]),
    ("fdiv", &[Fail, Float, Float, Float]),
    ("fnegate", &[Fail, Float, Float]),
    ("make_fun2", &[Fun]),
    ("try", &[Dest, Label]),
    ("try_end", &[Dest]),
    ("try_case", &[Dest]),
    ("try_case_end", &[Source]),
    ("raise", &[Source, Source]),
    ("bs_init2", &[Fail, Source, Word, Word, Word, Dest]),
    ("bs_bits_to_bytes", &[Any, Any, Any]),
    ("bs_add", &[Fail, Source, Source, Word, Dest]),
    ("apply", &[Arity]),
    ("apply_last", &[Arity, Word]),
    ("is_boolean", &[Label, Source]),
    ("is_function2", &[Label, Source, Source]),
    ("bs_start_match2", &[Fail, Source, Word, Word, Dest]),
    ("bs_get_integer2", &[Fail, Source, Word, Source, Word, Word, Dest]),
    ("bs_get_float2", &[Fail, Source, Word, Source, Word, Word, Dest]),
    ("bs_get_binary2", &[Fail, Source, Word, Source, Word, Word, Dest]),
    ("bs_skip_bits2", &[Fail, Source, Source, Word, Word]),
    ("bs_test_tail2", &[Fail, Source, Word]),
    ("bs_save2", &[Source, Source]),
    ("bs_restore2", &[Source, Source]),
    ("gc_bif1", &[Fail, Word, Bif, Source, Dest]),
    ("gc_bif2", &[Fail, Word, Bif, Source, Source, Dest]),
    ("bs_final2", &[Any, Any]),
    ("bs_bits_to_bytes2", &[Any, Any]),
    ("put_literal", &[Any, Any]),
    ("is_bitstr", &[Label, Source]),
    ("bs_context_to_binary", &[Dest]),
    ("bs_test_unit", &[Fail, Source, Word]),
    ("bs_match_string", &[Fail, Source, Word, Word]),
    ("bs_init_writable", &[]),
    ("bs_append", &[Fail, Source, Word, Word, Word, Source, Word, Dest]),
    ("bs_private_append", &[Fail, Source, Word, Source, Word, Dest]),
    ("trim", &[Word, Word]),
    ("bs_init_bits", &[Fail, Source, Word, Word, Word, Dest]),
    ("bs_get_utf8", &[Fail, Source, Word, Word, Dest]),
    ("bs_skip_utf8", &[Fail, Source, Word, Word]),
    ("bs_get_utf16", &[Fail, Source, Word, Word, Dest]),
    ("bs_skip_utf16", &[Fail, Source, Word, Word]),
    ("bs_get_utf32", &[Fail, Source, Word, Word, Dest]),
    ("bs_skip_utf32", &[Fail, Source, Word, Word]),
    ("bs_utf8_size", &[Fail, Source, Dest]),
    ("bs_put_utf8", &[Fail, Word, Source]),
    ("bs_utf16_size", &[Fail, Source, Dest]),
    ("bs_put_utf16", &[Fail, Word, Source]),
    ("bs_put_utf32", &[Fail, Word, Source]),
    ("on_load", &[]),
    ("recv_mark", &[Label]),
    ("recv_set", &[Label]),
    ("gc_bif3", &[Fail, Word, Bif, Source, Source, Source, Dest]),
    ("line", &[Word]),
    ("put_map_assoc", &[Fail, Source, Dest, Word, List(&[Source, Source])]),
    ("put_map_exact", &[Fail, Source, Dest, Word, List(&[Source, Source])]),
    ("is_map", &[Label, Source]),
    ("has_map_fields", &[Label, Source, List(&[Source])]),
    ("get_map_elements", &[Label, Source, List(&[Source, Dest])]),
    ("is_tagged_tuple", &[Label, Source, Word, Atom]),
    ("build_stacktrace", &[]),
    ("raw_raise", &[]),
    ("get_hd", &[Source, Dest]),
    ("get_tl", &[Source, Dest]),
    ("put_tuple2", &[Dest, List(&[Source])]),
    ("bs_get_tail", &[Source, Dest, Word]),
    ("bs_start_match3", &[Fail, Source, Word, Dest]),
    ("bs_get_position", &[Source, Dest, Word]),
    ("bs_set_position", &[Source, Source]),
    ("swap", &[Dest, Dest]),
    ("bs_start_match4", &[AtomOrFail, Word, Source, Dest]),
    ("make_fun3", &[Fun, Dest, List(&[Source])]),
    ("init_yregs", &[List(&[Y])]),
    ("recv_marker_bind", &[Dest, Dest]),
    ("recv_marker_clear", &[Dest]),
    ("recv_marker_reserve", &[Dest]),
    ("recv_marker_use", &[Dest]),
    ("bs_create_bin", &[Fail, Alloc, Word, Word, Dest, List(&[Atom, Word, Word, Source, Source, Source])]),
    ("call_fun2", &[Source, Arity, Source]),
    ("nif_start", &[]),
    ("badrecord", &[Source]),
    ("update_record", &[Atom, Word, Source, Dest, List(&[Word, Source])]),
    ("bs_match", &[Fail, Source, Commands]),
    ("executable_line", &[Any, Any]),
    ("debug_line", &[Any, Any, Any, Any]),
    ("bif3", &[Fail, Bif, Source, Source, Source, Dest]),
];
