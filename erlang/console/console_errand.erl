%% Errands: what a process that must always answer has done by others. One call
%% of the page is answered exactly once, whatever becomes of the work; several
%% pieces of work run side by side under one deadline.
-module(console_errand).

-export([start/2, ended/2, resolve/2, all/2]).

%% What one piece of work came to.
-type outcome() :: {ok, term()}
                 | {raised, error | exit | throw, Reason :: term(), Stack :: list()}
                 | {died, Reason :: term()}
                 | late.
-export_type([outcome/0]).

%% Does the work in a process of its own, whose last act is the answer. The
%% caller keeps the promise under the monitor until `ended/2`.
-spec start(term(), fun(() -> map())) -> reference().
start(Promise, Work) ->
    {_Pid, Monitor} = erlang:spawn_opt(fun() -> resolve(Promise, Work()) end, [monitor]),
    Monitor.

%% The process of an errand is gone: one that did not get as far as the answer
%% is answered for.
-spec ended(term(), term()) -> ok.
ended(_Promise, normal) ->
    ok;
ended(Promise, Reason) ->
    resolve(Promise, #{error => #{class => exit, message => console_format:death(Reason)}}).

-spec resolve(term(), map()) -> ok.
resolve(Promise, Answer) ->
    try emscripten:promise_resolve(Promise, iolist_to_binary(json:encode(Answer, fun encode/2))) of
        _ -> ok
    catch
        _:_ -> ok
    end.

%% What is JSON already is taken as it is.
encode({json, Json}, _Encode) -> Json;
encode(Term, Encode) -> json:encode_value(Term, Encode).

%% The outcomes in the order of the works. What is not done in time is killed.
-spec all([fun(() -> term())], non_neg_integer()) -> [outcome()].
all(Works, WithinMs) ->
    Until = now_ms() + WithinMs,
    [await(Worker, Until) || Worker <- [start(Work) || Work <- Works]].

start(Work) ->
    Caller = self(),
    Tag = make_ref(),
    {Pid, Monitor} = erlang:spawn_opt(fun() -> Caller ! {Tag, attempt(Work)} end, [monitor]),
    {Tag, Pid, Monitor}.

attempt(Work) ->
    try Work() of
        Result -> {ok, Result}
    catch
        Class:Reason:Stack -> {raised, Class, Reason, Stack}
    end.

await({Tag, Pid, Monitor}, Until) ->
    receive
        {Tag, Outcome} ->
            demonitor(Monitor, [flush]),
            Outcome;
        {'DOWN', Monitor, process, Pid, Reason} ->
            {died, Reason}
    after max(0, Until - now_ms()) ->
        demonitor(Monitor, [flush]),
        exit(Pid, kill),
        receive {Tag, Outcome} -> Outcome after 0 -> late end
    end.

now_ms() ->
    erlang:monotonic_time(millisecond).
