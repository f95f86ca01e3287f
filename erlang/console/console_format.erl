%% Puts values, exceptions and syntax errors into the words of OTP's shell, so
%% that `eval` and the terminal say the same of the same thing. Pure.
-module(console_format).

-export([value/1, value/2, cut/2, exception/3, death/1, syntax/1]).

%% The limits of OTP's shell: what it prints of a term is cut at this depth and
%% broken at this width.
-define(DEPTH, 30).
-define(COLUMNS, 80).
-define(LINE_CHARS, 60).
%% A string is printed whole however long it is; a message to the page is not.
-define(VALUE_LIMIT_BYTES, 1_000_000).

-spec value(term()) -> binary().
value(Value) ->
    value(Value, ?VALUE_LIMIT_BYTES).

-spec value(term(), pos_integer()) -> binary().
value(Value, _LimitBytes) when is_integer(Value) ->
    integer_to_binary(Value);
value(Value, LimitBytes) ->
    cut(to_binary(pretty(Value, 1)), LimitBytes).

%% Not within a character.
-spec cut(binary(), non_neg_integer()) -> binary().
cut(Text, Limit) when byte_size(Text) =< Limit ->
    Text;
cut(Text, Limit) ->
    case binary:at(Text, Limit) of
        Byte when Byte band 16#C0 =:= 16#80 -> cut(Text, Limit - 1);
        _ -> <<(binary:part(Text, 0, Limit))/binary, "...">>
    end.

-spec exception(error | exit | throw, term(), list()) -> binary().
exception(Class, Reason, Stack) ->
    Tag = "** ",
    Inner = fun(M, _F, _A) -> M =:= erl_eval end,
    %% What called the evaluation is nobody's business but ours.
    Own = lists:takewhile(fun(Frame) -> element(1, Frame) =/= console_eval end, Stack),
    Text = try
        erl_error:format_exception(
            length(Tag) + 1, Class, Reason, Own, Inner, fun pretty/2, unicode)
    catch
        %% A reason that the formatter trips over is still told.
        _:_ -> ["exception ", atom_to_list(Class), ": ", plain(Reason)]
    end,
    to_binary([Tag, Text]).

plain(Reason) ->
    try
        io_lib:write(Reason)
    catch
        _:_ -> "(a reason that cannot be shown)"
    end.

%% A process that ended from outside its code, by its exit reason.
-spec death(term()) -> binary().
death({Reason, [{_, _, _, _} | _] = Stack}) ->
    exception(exit, Reason, Stack);
death(Reason) ->
    exception(exit, Reason, []).

-spec syntax({term(), module(), term()}) -> binary().
syntax({Location, Module, What}) ->
    to_binary(["* ", position(Location), ": ", Module:format_error(What)]).

position({Line, Column}) -> [integer_to_list(Line), $:, integer_to_list(Column)];
position(Line) -> io_lib:write(Line).

pretty(Value, Column) ->
    io_lib_pretty:print(Value, [{column, Column}, {line_length, ?COLUMNS},
                                {depth, ?DEPTH}, {line_max_chars, ?LINE_CHARS},
                                {strings, true}, {encoding, unicode}]).

to_binary(Chars) ->
    unicode:characters_to_binary(Chars).
