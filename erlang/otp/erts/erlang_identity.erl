%% Pids and references by their texts: made in the external format, from one of this node's own. Any other text is an
%% error of some kind.
-module(erlang_identity).
-export([pid/1, ref/1]).

pid("<0." ++ Text) ->
    {Id, [$. | Rest]} = number(Text),
    {Serial, ">"} = number(Rest),
    Own = erlang:term_to_binary(erlang:self()),
    Size = erlang:byte_size(Own) - 12,
    <<Head:Size/binary, _:8/binary, Creation:4/binary>> = Own,
    erlang:binary_to_term(<<Head/binary, Id:32, Serial:32, Creation/binary>>).

ref("#Ref<0." ++ Text) ->
    {High, [$. | Rest]} = number(Text),
    {Low, ">"} = number(Rest),
    Own = erlang:term_to_binary(erlang:make_ref()),
    Size = erlang:byte_size(Own) - 8,
    <<Head:Size/binary, _:8/binary>> = Own,
    erlang:binary_to_term(<<Head/binary, High:32, Low:32>>).

number(Text) -> number(Text, 0).

number([Digit | Text], Value) when Digit >= $0, Digit =< $9 -> number(Text, Value * 10 + Digit - $0);
number(Text, Value) -> {Value, Text}.
