%% The native part of `io`, and errors in the name of who was called.
-module(io).
-export([printable_range/0]).

%% The terminal shows all of Unicode.
printable_range() -> unicode.

%% OTP inlines it, so that its errors are the callers'; here a function that is called is told in its own name.
o_request(Function, Arguments) ->
    {Io, Request} = to_ask(Function, Arguments),
    Own = erlang:make_ref(),
    case request(Io, Request, Own) of
        {Own, Reason} -> wrong(io, Reason, Function, Arguments);
        {error, Reason} -> wrong(device, Reason, Function, Arguments);
        Other -> Other
    end.

to_ask(nl, []) -> {default_output(), nl};
to_ask(nl, [Io]) -> {Io, nl};
to_ask(write, [Term]) -> {default_output(), {write, Term}};
to_ask(write, [Io, Term]) -> {Io, {write, Term}};
to_ask(put_chars, [Chars]) -> {default_output(), {put_chars, unicode, Chars}};
to_ask(put_chars, [Io, Chars]) -> {Io, {put_chars, unicode, Chars}};
to_ask(put_chars, [Io, Encoding, Chars]) -> {Io, {put_chars, Encoding, Chars}};
to_ask(_, [Format]) -> {default_output(), {format, Format, []}};
to_ask(_, [Format, Arguments]) -> {default_output(), {format, Format, Arguments}};
to_ask(_, [Io, Format, Arguments]) -> {Io, {format, Format, Arguments}}.

wrong(Kind, Reason, Function, Arguments) ->
    Info = #{cause => {Kind, Reason}, module => erl_stdlib_errors},
    erlang_raise:error_of_callers(conv_reason(Reason), Arguments, [{error_info, Info}], {?MODULE, Function, length(Arguments)}).
