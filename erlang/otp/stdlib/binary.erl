%% Functions of `binary` that OTP has in C.
-module(binary).
-export([match/2, match/3, copy/2, compile_pattern/1, matches/2, matches/3, split/2, split/3, part/2, decode_unsigned/1, decode_unsigned/2, encode_unsigned/1,
         encode_unsigned/2, longest_common_suffix/1, bin_to_list/1, bin_to_list/2, bin_to_list/3, referenced_byte_size/1]).

%% More than this is more than the machine has: the native would end it.
-define(LARGEST_BYTES, 64_000_000).

copy(Subject, Times) when is_binary(Subject), is_integer(Times), Times >= 0 ->
    case byte_size(Subject) * Times =< ?LARGEST_BYTES of
        true -> bInary:copy(Subject, Times);
        false -> error(system_limit, [Subject, Times])
    end;
copy(Subject, Times) ->
    error(badarg, [Subject, Times]).

%% The natives take patterns as they are.
compile_pattern(Pattern) when is_binary(Pattern), Pattern =/= <<>> -> Pattern;
compile_pattern([_ | _] = Patterns) ->
    case lists:all(fun(Pattern) -> is_binary(Pattern) andalso Pattern =/= <<>> end, Patterns) of
        true -> Patterns;
        false -> badarg_with_info([Patterns])
    end;
compile_pattern(Pattern) ->
    badarg_with_info([Pattern]).

%% The natives know one pattern well; of several the first that is found counts, and of two in one place the longer.
match(Subject, Pattern) ->
    try match(Subject, Pattern, []) catch error:_ -> badarg_with_info([Subject, Pattern]) end.

match(Subject, Pattern, Options) ->
    {Start, Length} = scope(Options, [Subject, Pattern, Options], Subject),
    try first_match(Subject, Pattern, Start, Length)
    catch error:_ -> badarg_with_info([Subject, Pattern, Options])
    end.

first_match(Subject, Pattern, Start, Length) when is_binary(Pattern), Pattern =/= <<>> ->
    bInary:match(Subject, Pattern, [{scope, {Start, Length}}]);
first_match(Subject, [_ | _] = Patterns, Start, Length) ->
    Found = [{At, -Size} || Pattern <- Patterns, {At, Size} <- [first_match(Subject, Pattern, Start, Length)]],
    case Found of
        [] -> nomatch;
        _ -> {At, Size} = lists:min(Found), {At, -Size}
    end.

%% Where to look, from its start on.
scope(Options, Arguments, Subject) when is_binary(Subject) ->
    try scope(Options, {0, byte_size(Subject)}) of
        {At, Count} when Count < 0, At + Count >= 0, At =< byte_size(Subject) -> {At + Count, -Count};
        {At, Count} when Count >= 0, At >= 0, At + Count =< byte_size(Subject) -> {At, Count};
        _ -> badarg_with_info(Arguments)
    catch
        throw:badopt -> badarg_with_cause(Arguments, badopt)
    end;
scope(_, Arguments, _) ->
    badarg_with_info(Arguments).

scope([], Scope) -> Scope;
scope([{scope, {At, Count}} | Options], _) when is_integer(At), is_integer(Count) -> scope(Options, {At, Count});
scope(_, _) -> throw(badopt).

%% The native splits at one pattern, and knows one option.
split(Subject, Pattern) ->
    try split(Subject, Pattern, []) catch error:_ -> badarg_with_info([Subject, Pattern]) end.

split(Subject, Pattern, Options)
  when is_binary(Subject), is_binary(Pattern), Pattern =/= <<>>, (Options =:= [] orelse Options =:= [global]) ->
    bInary:split(Subject, Pattern, Options);
split(Subject, Pattern, Options) ->
    Arguments = [Subject, Pattern, Options],
    Known = [global, trim, trim_all],
    Scopes = try [Option || Option <- Options, not lists:member(Option, Known)]
             catch error:_ -> badarg_with_cause(Arguments, badopt)
             end,
    {Start, Length} = scope(Scopes, Arguments, Subject),
    Found = try
        case {lists:member(global, Options), first_match(Subject, Pattern, Start, Length)} of
            {_, nomatch} -> [];
            {true, _} -> matches_from(Subject, Pattern, Start, Start + Length);
            {false, Match} -> [Match]
        end
    catch
        error:_ -> badarg_with_info(Arguments)
    end,
    Pieces = pieces(Subject, Found, 0),
    case {lists:member(trim_all, Options), lists:member(trim, Options)} of
        {true, _} -> [Piece || Piece <- Pieces, Piece =/= <<>>];
        {false, true} -> lists:reverse(lists:dropwhile(fun(Piece) -> Piece =:= <<>> end, lists:reverse(Pieces)));
        {false, false} -> Pieces
    end.

pieces(Subject, [{At, Length} | Found], From) ->
    [binary:part(Subject, From, At - From) | pieces(Subject, Found, At + Length)];
pieces(Subject, [], From) ->
    [binary:part(Subject, From, byte_size(Subject) - From)].

matches(Subject, Pattern) ->
    try matches(Subject, Pattern, []) catch error:_ -> badarg_with_info([Subject, Pattern]) end.

matches(Subject, Pattern, Options) ->
    {Start, Length} = scope(Options, [Subject, Pattern, Options], Subject),
    try matches_from(Subject, Pattern, Start, Start + Length)
    catch error:_ -> badarg_with_info([Subject, Pattern, Options])
    end.

matches_from(Subject, [_ | _] = Patterns, Start, End) ->
    next_matches(Subject, ahead(Subject, [{Start - 1, 0, Pattern} || Pattern <- Patterns], Start, End), End);
matches_from(Subject, Pattern, Start, End) ->
    case first_match(Subject, Pattern, Start, End - Start) of
        {Found, Length} = Match -> [Match | matches_from(Subject, Pattern, Found + Length, End)];
        nomatch -> []
    end.

%% Where each pattern is found next, of those that are: what lies ahead is not looked for again after another's match.
ahead(Subject, Known, Start, End) ->
    lists:flatmap(
        fun ({At, _, _} = Next) when At >= Start ->
                [Next];
            ({_, _, Pattern}) ->
                case first_match(Subject, Pattern, Start, End - Start) of
                    {At, Size} -> [{At, -Size, Pattern}];
                    nomatch -> []
                end
        end, Known).

next_matches(_, [], _) ->
    [];
next_matches(Subject, Known, End) ->
    {At, Size, _} = lists:min(Known),
    [{At, -Size} | next_matches(Subject, ahead(Subject, Known, At - Size, End), End)].

part(Binary, {Start, Length} = Part) ->
    try binary:part(Binary, Start, Length) catch error:_ -> badarg_with_info([Binary, Part]) end;
part(Binary, Part) ->
    badarg_with_info([Binary, Part]).

decode_unsigned(Binary) -> decode_unsigned(Binary, big).

decode_unsigned(Binary, big) -> decode(binary_to_list(Binary), 0);
decode_unsigned(Binary, little) -> decode(lists:reverse(binary_to_list(Binary)), 0).

decode([Byte | Bytes], Value) -> decode(Bytes, Value bsl 8 bor Byte);
decode([], Value) -> Value.

encode_unsigned(Value) -> encode_unsigned(Value, big).

encode_unsigned(0, _) -> <<0>>;
encode_unsigned(Value, big) when is_integer(Value), Value > 0 -> list_to_binary(encode(Value, []));
encode_unsigned(Value, little) when is_integer(Value), Value > 0 ->
    list_to_binary(lists:reverse(encode(Value, [])));
encode_unsigned(Value, Endianness) ->
    error(badarg, [Value, Endianness]).

encode(0, Bytes) -> Bytes;
encode(Value, Bytes) -> encode(Value bsr 8, [Value band 255 | Bytes]).

%% The largest count of bytes for which the ends are the same: halved, since what is longer than that differs.
longest_common_suffix([First | Others] = Binaries) ->
    try lists:min([byte_size(Binary) || Binary <- Binaries, is_binary(Binary) orelse error(badarg)]) of
        Shortest -> common_suffix(First, Others, 0, Shortest)
    catch
        error:_ -> badarg_with_info([Binaries])
    end;
longest_common_suffix(Binaries) ->
    badarg_with_info([Binaries]).

common_suffix(_, _, Known, Known) ->
    Known;
common_suffix(First, Others, Known, Most) ->
    Tried = (Known + Most + 1) div 2,
    End = binary:part(First, byte_size(First), -Tried),
    case lists:all(fun(Other) -> binary:part(Other, byte_size(Other), -Tried) =:= End end, Others) of
        true -> common_suffix(First, Others, Tried, Most);
        false -> common_suffix(First, Others, Known, Tried - 1)
    end.

bin_to_list(Binary) -> binary_to_list(Binary).
bin_to_list(Binary, {Start, Length}) -> bin_to_list(Binary, Start, Length).
bin_to_list(Binary, Start, Length) -> binary_to_list(binary:part(Binary, Start, Length)).

%% OTP puts halves of bytes together; only whole bytes can be.
decode_hex1(Digits) ->
    try << <<(unhex(High) * 16 + unhex(Low))>> || <<High, Low>> <= Digits >>
    catch error:_ -> error(badarg)
    end.

%% Of a part the native tells the size of the whole, below zero.
referenced_byte_size(Binary) when is_binary(Binary) ->
    case eRts_debug:flat_size(Binary) of
        Whole when Whole < 0 -> -Whole;
        _ -> byte_size(Binary)
    end;
referenced_byte_size(Binary) ->
    badarg_with_info([Binary]).
