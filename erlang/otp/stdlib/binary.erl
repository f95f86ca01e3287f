%% Functions of `binary` that OTP has in C.
-module(binary).
-export([copy/2, compile_pattern/1, matches/2, matches/3, part/2, decode_unsigned/1, decode_unsigned/2, encode_unsigned/1,
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
compile_pattern(Pattern) -> Pattern.

matches(Subject, Pattern) -> matches(Subject, Pattern, []).

matches(Subject, Pattern, Options) ->
    {Start, Length} = case lists:keyfind(scope, 1, Options) of
        {scope, {At, Count}} when Count < 0 -> {At + Count, -Count};
        {scope, Scope} -> Scope;
        false -> {0, byte_size(Subject)}
    end,
    matches_from(Subject, Pattern, Start, Start + Length).

matches_from(Subject, Pattern, Start, End) ->
    case binary:match(Subject, Pattern, [{scope, {Start, End - Start}}]) of
        {Found, Length} = Match -> [Match | matches_from(Subject, Pattern, Found + Length, End)];
        nomatch -> []
    end.

part(Binary, {Start, Length}) -> binary:part(Binary, Start, Length).

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

longest_common_suffix(Binaries) ->
    binary:longest_common_prefix([list_to_binary(lists:reverse(binary_to_list(Binary))) || Binary <- Binaries]).

bin_to_list(Binary) -> binary_to_list(Binary).
bin_to_list(Binary, {Start, Length}) -> bin_to_list(Binary, Start, Length).
bin_to_list(Binary, Start, Length) -> binary_to_list(binary:part(Binary, Start, Length)).

referenced_byte_size(Binary) -> byte_size(Binary).
