%% title: Let it crash
%% about: A worker that dies on bad input and a supervisor of ten lines that starts it
%%        again.
%% run: let_it_crash:start().
-module(let_it_crash).

-export([start/0]).

start() ->
    process_flag(trap_exit, true),
    Answers = [ask(Worker, Number) || Number <- [4, 0, 5], Worker <- [worker()]],
    process_flag(trap_exit, false),
    Answers.

worker() ->
    spawn_link(fun divide/0).

divide() ->
    receive
        {From, Number} -> From ! {self(), 100 div Number}
    end.

ask(Worker, Number) ->
    Worker ! {self(), Number},
    receive
        {Worker, Answer} ->
            receive {'EXIT', Worker, normal} -> Answer end;
        {'EXIT', Worker, {Reason, _Stack}} ->
            io:format("worker ~w died of ~w; a new one takes over~n", [Worker, Reason]),
            {crashed, Reason}
    end.
