%% The native half of `re`: OTP has it in C around PCRE, and so it is here, outside the VM. What is compiled is known by
%% its pattern and options, and the engine keeps the code of those used last.
-module(re).
-export([version/0, compile/1, compile/2, run/2, run/3, internal_run/4, inspect/2]).

-define(CASELESS, 16#1).
-define(MULTILINE, 16#2).
-define(DOTALL, 16#4).
-define(EXTENDED, 16#8).
-define(ANCHORED, 16#10).
-define(DOLLAR_ENDONLY, 16#20).
-define(NOTBOL, 16#80).
-define(NOTEOL, 16#100).
-define(UNGREEDY, 16#200).
-define(NOTEMPTY, 16#400).
-define(UTF8, 16#800).
-define(NO_AUTO_CAPTURE, 16#1000).
-define(NO_UTF8_CHECK, 16#2000).
-define(NEVER_UTF, 16#10000).
-define(FIRSTLINE, 16#40000).
-define(DUPNAMES, 16#80000).
-define(NO_START_OPTIMIZE, 16#4000000).
-define(NOTEMPTY_ATSTART, 16#10000000).
-define(UCP, 16#20000000).

-define(MATCH_LIMIT, -8).
-define(DEPTH_LIMIT, -21).

%% What a list of options says. `compile` and `run` are PCRE's bits; `only` says which options for one of the two
%% were among them.
-record(said, {compile = 0, run = 0, only = [], unicode = false, global = false, report = false, offset = 0,
               capture = none, limit = none, depth = none}).

version() -> <<"8.45 2021-06-15">>.

compile(Pattern) ->
    try compile(Pattern, []) catch error:badarg -> badarg_with_info([Pattern]) end.

compile(Pattern, Options) ->
    case said(Options) of
        #said{only = Only} = Said ->
            case lists:member(run, Only) of
                true -> badarg_with_cause([Pattern, Options], badopt);
                false -> compile(Pattern, Options, Said)
            end;
        badopt ->
            badarg_with_cause([Pattern, Options], badopt)
    end.

compile(Pattern, Options, #said{unicode = true}) when not is_binary(Pattern) ->
    ucompile(Pattern, Options);
compile(Pattern, Options, Said) ->
    case bytes(Pattern) of
        badarg ->
            badarg_with_info([Pattern, Options]);
        Bytes ->
            case pattern(Bytes, Said) of
                {error, _} = Error -> Error;
                Compiled -> {ok, Compiled}
            end
    end.

pattern(Bytes, #said{compile = Bits, unicode = IsUnicode}) ->
    case re_engine:compile(Bytes, Bits) of
        {ok, Captures, Crlf, _} ->
            Unicode = case IsUnicode of true -> 1; false -> 0 end,
            {re_pattern, Captures, Unicode, Crlf, <<Bits:32, Bytes/binary>>};
        {error, _} = Error ->
            Error
    end.

inspect({re_pattern, Captures, Unicode, Crlf, <<Bits:32, Bytes/binary>>} = Pattern, namelist)
  when is_integer(Captures), is_integer(Unicode), is_integer(Crlf) ->
    case re_engine:compile(Bytes, Bits) of
        {ok, _, _, Names} -> {namelist, lists:usort([Name || {_, Name} <- Names])};
        {error, _} -> badarg_with_info([Pattern, namelist])
    end;
inspect(Pattern, namelist) ->
    badarg_with_info([Pattern, namelist]);
inspect(Pattern, Item) ->
    badarg_with_cause([Pattern, Item], badopt).

run(Subject, Pattern) ->
    try
        internal_run(Subject, Pattern, [], true)
    catch
        error:badarg ->
            Info = [{error_info, #{module => erl_stdlib_errors}}],
            erlang_raise:error_of_callers(badarg, [Subject, Pattern], Info, {re, run, 2})
    end.

run(Subject, Pattern, Options) -> internal_run(Subject, Pattern, Options, true).

internal_run(Subject, Pattern, Options, IsFirst) ->
    case said(Options) of
        badopt ->
            run_failed(Subject, Pattern, Options, badopt);
        Said ->
            case checked(Subject, Pattern, Options, Said) of
                go_on -> execute(Subject, Pattern, Options, Said, IsFirst);
                Other -> Other
            end
    end.

run_failed(Subject, Pattern, Options, badopt) ->
    run_failed(Subject, Pattern, Options, #{module => erl_stdlib_errors, cause => badopt});
run_failed(Subject, Pattern, Options, badarg) ->
    run_failed(Subject, Pattern, Options, #{module => erl_stdlib_errors});
run_failed(Subject, Pattern, Options, Info) ->
    erlang_raise:error_of_callers(badarg, [Subject, Pattern, Options], [{error_info, Info}], {re, run, 3}).

%% OTP's own code makes Unicode lists into binaries, and goes through all matches of a global run.
checked(Subject, {re_pattern, Captures, Unicode, Crlf, Code} = Pattern, Options, Said)
  when is_integer(Captures), is_integer(Unicode), is_integer(Crlf), is_binary(Code) ->
    IsForText = Unicode =:= 1 andalso (not is_binary(Subject) orelse is_listed(Said)),
    case lists:member(compile, Said#said.only) of
        true -> run_failed(Subject, Pattern, Options, badarg);
        false when IsForText -> urun(Subject, Pattern, Options);
        false when Said#said.global -> grun(Subject, Pattern, {Options, false});
        false -> go_on
    end;
checked(Subject, Pattern, Options, Said) when is_binary(Pattern); is_list(Pattern) ->
    case Said#said.unicode andalso (not is_binary(Pattern) orelse not is_binary(Subject) orelse is_listed(Said)) of
        true -> urun(Subject, Pattern, Options);
        false when Said#said.global -> global(Subject, Pattern, Options, Said);
        false -> go_on
    end;
checked(Subject, Pattern, Options, _) ->
    run_failed(Subject, Pattern, Options, badarg).

is_listed(#said{capture = {_, list}, global = false}) -> true;
is_listed(_) -> false.

global(Subject, Pattern, Options, Said) ->
    case bytes(Pattern) of
        badarg ->
            run_failed(Subject, Pattern, Options, badarg);
        Bytes ->
            case pattern(Bytes, Said) of
                {error, Why} when Said#said.report -> {error, {compile, Why}};
                {error, _} -> run_failed(Subject, Pattern, Options, badarg);
                Compiled -> grun(Subject, Compiled, {Options, lists:member(compile, Said#said.only), Pattern})
            end
    end.

execute(Subject, Pattern, Options, Said, IsFirst) ->
    case {bytes(Subject), code(Pattern, Said)} of
        {Bytes, {_, _} = Code} when is_binary(Bytes) ->
            Settings = {Said#said.run bor first(IsFirst), Said#said.offset, Said#said.limit, Said#said.depth},
            Capture = capture(Said#said.capture, Code),
            Capture =:= badarg andalso run_failed(Subject, Pattern, Options, badarg),
            case re_engine:run(Code, Bytes, Settings) of
                {error, Why} when Said#said.report -> {error, {compile, Why}};
                {error, _} -> run_failed(Subject, Pattern, Options, badarg);
                {ran, Result, Pairs} when Result > 0 -> matched(Capture, Pairs, Bytes);
                {ran, ?MATCH_LIMIT, _} when Said#said.report -> {error, match_limit};
                {ran, ?DEPTH_LIMIT, _} when Said#said.report -> {error, match_limit_recursion};
                {ran, Result, _} ->
                    case is_no_match(Result) of
                        true -> nomatch;
                        false -> run_failed(Subject, Pattern, Options, badarg)
                    end
            end;
        _ ->
            run_failed(Subject, Pattern, Options, badarg)
    end.

%% No match, a limit, a pattern that recurses for ever; all else is a bad subject or offset.
is_no_match(Result) -> lists:member(Result, [0, -1, ?MATCH_LIMIT, ?DEPTH_LIMIT, -26]).

first(true) -> 0;
first(false) -> ?NO_UTF8_CHECK.

code({re_pattern, _, _, _, <<Bits:32, Bytes/binary>>}, _) -> {Bytes, Bits};
code({re_pattern, _, _, _, _}, _) -> badarg;
code(Pattern, #said{compile = Bits}) ->
    case bytes(Pattern) of
        badarg -> badarg;
        Bytes -> {Bytes, Bits}
    end.

%% What is wrong with a global run is an error of `run`, whose callers are ours as well.
grun(Subject, RE, {Options, NeedClean}) -> grun(Subject, RE, {Options, NeedClean, RE});
grun(Subject, RE, {Options, NeedClean, Pattern}) ->
    try
        grun2(Subject, RE, {Options, NeedClean})
    catch
        error:Reason -> erlang_raise:error_of_callers(Reason, [Subject, Pattern, Options], [], {re, run, 3})
    end.

%% The engine finds all matches of a global run: OTP's own code would give it the subject once for each.
do_grun(FlatSubject, Subject, Unicode, _CRLF, RE, {Options0, NeedClean}) ->
    {Options, Offset, Select, Convert} =
        try process_parameters(Options0, 0, false, index, NeedClean, RE)
        catch throw:badlist -> erlang:error(badarg, [Subject, RE, Options0])
        end,
    case all_matches(FlatSubject, RE, [{offset, Offset} | Options]) of
        {match, _} = Found -> postprocess(Found, Select, Convert, FlatSubject, Unicode);
        Error -> Error
    end.

all_matches(Bytes, RE, Options) ->
    Said = case said(Options) of
        badopt -> erlang:error(badarg, [Bytes, RE, Options]);
        Known -> Known
    end,
    Code = code(RE, Said),
    Capture = capture(Said#said.capture, Code),
    Settings = {Said#said.run, Said#said.offset, Said#said.limit, Said#said.depth},
    case re_engine:run_all(Code, Bytes, Settings) of
        {ran, ?MATCH_LIMIT, _} when Said#said.report -> {error, match_limit};
        {ran, ?DEPTH_LIMIT, _} when Said#said.report -> {error, match_limit_recursion};
        {ran, Result, Matches} when Capture =/= badarg ->
            is_no_match(Result) orelse Said#said.offset > byte_size(Bytes) orelse erlang:error(badarg, [Bytes, RE, Options]),
            {match, [one_match(Capture, Pairs, Bytes) || Pairs <- Matches]};
        _ ->
            erlang:error(badarg, [Bytes, RE, Options])
    end.

one_match(Capture, Pairs, Bytes) ->
    case matched(Capture, Pairs, Bytes) of
        {match, Values} -> Values;
        match -> []
    end.

%% What is to be told of a match: {Type, all | rest | [Place]}, a place being the numbers a name may stand for.
capture(none, _) -> {index, all};
capture({Values, Type}, Code) when Type =:= index; Type =:= list; Type =:= binary ->
    case Values of
        all -> {Type, all};
        all_but_first -> {Type, rest};
        first -> {Type, [[0]]};
        none -> none;
        [] -> none;
        all_names ->
            case names(Code) of
                [] -> none;
                Names -> {Type, [places(Name, Names) || Name <- lists:usort([Name || {_, Name} <- Names])]}
            end;
        _ when is_list(Values) ->
            try {Type, [place(Value, Code) || Value <- Values]} catch error:_ -> badarg end;
        _ -> badarg
    end;
capture(_, _) -> badarg.

place(Number, _) when is_integer(Number), Number >= -16#80000000, Number =< 16#7fffffff -> [Number];
place(Name, Code) when is_atom(Name) -> places(atom_to_binary(Name), names(Code));
place(Name, Code) ->
    Bytes = bytes(Name),
    true = is_binary(Bytes),
    places(Bytes, names(Code)).

places(Name, Names) -> [Index || {Index, Own} <- Names, Own =:= Name].

names({Bytes, Bits}) ->
    case re_engine:compile(Bytes, Bits) of
        {ok, _, _, Names} -> Names;
        {error, _} -> []
    end.

matched(none, _, _) -> match;
matched({Type, all}, Pairs, Bytes) -> {match, [value(Type, Pair, Bytes) || Pair <- Pairs]};
matched({Type, rest}, Pairs, Bytes) -> matched({Type, all}, tl(Pairs), Bytes);
matched({Type, Places}, Pairs, Bytes) ->
    Found = list_to_tuple(Pairs),
    {match, [value(Type, one(Place, Found), Bytes) || Place <- Places]}.

%% Of several groups with one name, the first that took part.
one([], _) -> {-1, -1};
one([Number | Numbers], Found) ->
    case Number >= 0 andalso Number < tuple_size(Found) andalso element(Number + 1, Found) of
        false -> one(Numbers, Found);
        {-1, _} -> one(Numbers, Found);
        Pair -> Pair
    end.

value(index, {Start, End}, _) -> {Start, End - Start};
value(binary, {-1, _}, _) -> <<>>;
value(binary, {Start, End}, Bytes) -> binary:part(Bytes, Start, End - Start);
value(list, Pair, Bytes) -> binary_to_list(value(binary, Pair, Bytes)).

bytes(Data) when is_binary(Data) -> Data;
bytes(Data) ->
    try
        true = ends_rightly(Data),
        iolist_to_binary(Data)
    catch
        error:_ -> badarg
    end.

%% The native takes a number for the end of a list.
ends_rightly([_ | Rest]) -> ends_rightly(Rest);
ends_rightly(End) -> End =:= [] orelse is_binary(End).

said(Options) -> said(Options, #said{}).

said([], Said) -> Said;
said([Option | Options], Said) ->
    case option(Option, Said) of
        badopt -> badopt;
        More -> said(Options, More)
    end;
said(_, _) -> badopt.

option({capture, Values, Type}, Said) -> only(run, Said#said{capture = {Values, Type}});
option({capture, Values}, Said) -> option({capture, Values, index}, Said);
option({offset, Offset}, Said) when is_integer(Offset), Offset >= 0, Offset =< 16#7fffffff -> only(run, Said#said{offset = Offset});
option({match_limit, Limit}, Said) when is_integer(Limit), Limit >= 0, Limit =< 16#7fffffff -> only(run, Said#said{limit = Limit});
option({match_limit_recursion, Limit}, Said) when is_integer(Limit), Limit >= 0, Limit =< 16#7fffffff ->
    only(run, Said#said{depth = Limit});
option({newline, Newline}, Said) ->
    case Newline of
        cr -> both(16#100000, Said);
        lf -> both(16#200000, Said);
        crlf -> both(16#300000, Said);
        any -> both(16#400000, Said);
        anycrlf -> both(16#500000, Said);
        _ -> badopt
    end;
option(anchored, Said) -> both(?ANCHORED, Said);
option(bsr_anycrlf, Said) -> both(16#800000, Said);
option(bsr_unicode, Said) -> both(16#1000000, Said);
option(notempty, Said) -> run_bit(?NOTEMPTY, Said);
option(notempty_atstart, Said) -> run_bit(?NOTEMPTY_ATSTART, Said);
option(notbol, Said) -> run_bit(?NOTBOL, Said);
option(noteol, Said) -> run_bit(?NOTEOL, Said);
option(report_errors, Said) -> only(run, Said#said{report = true});
option(global, Said) -> only(run, Said#said{global = true});
option(unicode, Said) -> compile_bit(?UTF8, Said#said{unicode = true});
option(no_start_optimize, Said) -> compile_bit(?NO_START_OPTIMIZE, Said);
option(caseless, Said) -> compile_bit(?CASELESS, Said);
option(dollar_endonly, Said) -> compile_bit(?DOLLAR_ENDONLY, Said);
option(dotall, Said) -> compile_bit(?DOTALL, Said);
option(extended, Said) -> compile_bit(?EXTENDED, Said);
option(firstline, Said) -> compile_bit(?FIRSTLINE, Said);
option(multiline, Said) -> compile_bit(?MULTILINE, Said);
option(no_auto_capture, Said) -> compile_bit(?NO_AUTO_CAPTURE, Said);
option(dupnames, Said) -> compile_bit(?DUPNAMES, Said);
option(ungreedy, Said) -> compile_bit(?UNGREEDY, Said);
option(ucp, Said) -> compile_bit(?UCP, Said);
option(never_utf, Said) -> compile_bit(?NEVER_UTF, Said);
option(_, _) -> badopt.

only(Kind, #said{only = Only} = Said) -> Said#said{only = [Kind | Only]}.
run_bit(Bit, #said{run = Bits} = Said) -> only(run, Said#said{run = Bits bor Bit}).
compile_bit(Bit, #said{compile = Bits} = Said) -> only(compile, Said#said{compile = Bits bor Bit}).
both(Bit, #said{compile = Compile, run = Run} = Said) -> Said#said{compile = Compile bor Bit, run = Run bor Bit}.
