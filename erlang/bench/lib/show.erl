%% Shows what an expression comes to: its value, or the class, reason and stack of its exception.
%% Stack frames are shown without line information, which is the compiler's and not the VM's, and without the ones of this
%% module: the untouched VM tells of a function that catches once more for its `try`, and the lean VM does not.
-module(show).
-export([all/1]).

all(Cases) ->
    each(Cases),
    ok.

each([]) ->
    ok;
each([{Name, Fun} | Rest]) ->
    erlang:display({Name, outcome(Fun)}),
    each(Rest).

outcome(Fun) ->
    try Fun() of
        Value -> {value, Value}
    catch
        Class:Reason:Stack -> {Class, Reason, frames(Stack)}
    end.

frames([{?MODULE, _, _, _} | Rest]) -> frames(Rest);
frames([{M, F, A, _} | Rest]) -> [{M, F, A} | frames(Rest)];
frames([]) -> [];
frames(Other) -> Other.
