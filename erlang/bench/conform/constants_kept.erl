%% Constants that many hands hold: in processes that come and go, in messages, across collections, changed copies.
-module(constants_kept).
-export([start/0]).

start() ->
    show:all([
        {nested, fun() -> [nested(N) || N <- [1, 2, 1]] end},
        {changed_copy, fun() -> [setelement(1, nested(1), x), nested(1)] end},
        {long_binary, fun() -> [long(), byte_size(<<(long())/binary, (long())/binary>>), long()] end},
        {map_of_unordered_keys, fun() -> [maps_get(Key, unordered()) || Key <- keys()] end},
        {map_grown, fun() -> M = (unordered())#{new => 1, zebra := 2}, [maps_get(Key, M) || Key <- [new | keys()]] end},
        {sent, fun() -> sent(50) end},
        {across_collections, fun() -> survive(200, nested(1), []) end},
        {matched, fun() -> [matched(V) || V <- [nested(1), nested(2), long(), unordered(), none]] end},
        {big_integers, fun() -> [big(), big() + 1, -big()] end},
        {funs, fun() -> [F([2, 1]) || F <- functions()] end}
    ]).

nested(1) -> {[a, "text", <<"bin">>], #{k => {1, 2.5}}, {}, []};
nested(2) -> [nested | improper].

long() -> <<"a constant of more than sixty-four bytes, so that the virtual machine keeps it beside the heap of the process">>.

%% Atoms in an order that is not theirs, and keys that are no atoms.
unordered() -> #{zebra => 1, apple => 2, mango => 3, {b, 1} => 4, {a, 2} => 5, "key" => 6, <<"key">> => 7, 1.5 => 8, 7 => 9}.

keys() -> [zebra, apple, mango, {b, 1}, {a, 2}, "key", <<"key">>, 1.5, 7, missing, {c, 3}].

maps_get(Key, Map) ->
    case Map of
        #{Key := Value} -> Value;
        #{} -> none
    end.

sent(N) ->
    Self = self(),
    _ = [spawn(fun() -> Self ! {I, nested(1), long(), unordered()} end) || I <- numbers(N)],
    Got = [receive {I, A, B, C} -> {A =:= nested(1), B =:= long(), C =:= unordered()} end || I <- numbers(N)],
    [Wrong || Wrong <- Got, Wrong =/= {true, true, true}].

numbers(N) -> numbers(N, []).
numbers(0, List) -> List;
numbers(N, List) -> numbers(N - 1, [N | List]).

survive(0, Constant, Kept) -> {Constant, Kept =:= [], length([K || K <- Kept, K =:= nested(1)])};
survive(N, Constant, Kept) ->
    true = erlang:garbage_collect(),
    survive(N - 1, Constant, [nested(1) | Kept]).

matched({[a, "text", <<"bin">>], #{k := {1, Float}}, {}, []}) -> Float;
matched([nested | improper]) -> improper;
matched(<<"a constant", Rest/binary>>) -> byte_size(Rest);
matched(#{zebra := Zebra, {a, 2} := Tuple}) -> {Zebra, Tuple};
matched(_) -> other.

big() -> 123456789012345678901234567890.

functions() -> [fun lists:reverse/1, fun erlang:length/1].
