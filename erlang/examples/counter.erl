%% title: A counter that is a gen_server
%% about: A process that keeps a number: calls wait for the answer, casts do not, and
%%        a crash is seen by whoever monitors it.
%% run: counter:start().
-module(counter).
-behaviour(gen_server).

-export([start/0, start_link/1, increment/1, value/1, stop/1]).
-export([init/1, handle_call/3, handle_cast/2]).

start() ->
    {ok, Counter} = start_link(40),
    increment(Counter),
    increment(Counter),
    Value = value(Counter),
    io:format("The counter in ~w says ~w~n", [Counter, Value]),
    ok = stop(Counter),
    Value.

start_link(From) ->
    gen_server:start_link(?MODULE, From, []).

increment(Counter) ->
    gen_server:cast(Counter, increment).

value(Counter) ->
    gen_server:call(Counter, value).

stop(Counter) ->
    gen_server:stop(Counter).

init(From) ->
    {ok, From}.

handle_call(value, _From, Count) ->
    {reply, Count, Count}.

handle_cast(increment, Count) ->
    {noreply, Count + 1}.
