%% title: A tour of the data types
%% about: Lists, maps, queues, strings and binaries with the library functions one
%%        reaches for first.
%% run: tour:start().
-module(tour).

-export([start/0]).

start() ->
    show("squares", [X * X || X <- lists:seq(1, 10), X rem 2 =:= 1]),
    show("sorted", lists:sort(fun(A, B) -> length(A) =< length(B) end, ["three", "a", "by"])),
    show("sum", lists:foldl(fun(X, Sum) -> X + Sum end, 0, [1, 2, 3])),
    Ages = #{joe => 68, mike => 70, robert => 66},
    show("older", maps:map(fun(_Name, Age) -> Age + 1 end, Ages)),
    show("names", maps:keys(maps:filter(fun(_Name, Age) -> Age > 66 end, Ages))),
    {{value, First}, _Rest} = queue:out(queue:from_list([first, second])),
    show("queue", First),
    show("words", string:split("one two three", " ", all)),
    show("upper", string:uppercase("erlang")),
    <<Major, Minor, Rest/binary>> = <<1, 2, "rest">>,
    show("binary", {Major, Minor, Rest}),
    ok.

show(What, Value) ->
    io:format("~-8s~tp~n", [What, Value]).
