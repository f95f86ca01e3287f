%% The bridge between page and VM: the process `console`. It takes JSON
%% requests as AtomVM's web port delivers them, never waits for anything, and
%% answers each request exactly once; what takes time runs in a job of its own.
-module(console).

-export([init/0]).

%% Jobs that outlive their answer because something they started may print.
-define(LINGERING_LIMIT, 64).

%% Jobs by the monitor on them; what they were asked for is answered by them,
%% or, should they die first, here.
-record(bridge, {jobs = #{} :: #{reference() => {Job :: pid(), Promise :: term()}},
                 lingering = [] :: [pid()]}).

-spec init() -> no_return().
init() ->
    loop(#bridge{}).

loop(Bridge) ->
    receive
        {emscripten, {call, Promise, Request}} ->
            loop(call(Promise, Request, Bridge));
        {'DOWN', Monitor, process, Job, Reason} ->
            loop(ended(Monitor, Job, Reason, Bridge));
        {lingering, Job} ->
            loop(linger(Job, Bridge));
        _Other ->
            loop(Bridge)
    end.

call(Promise, Request, Bridge) ->
    try handle(json:decode(Request)) of
        {answer, Answer} ->
            resolve(Promise, Answer),
            Bridge;
        {job, Work} ->
            {Job, Monitor} = console_job:start(Work, fun(Answer) -> resolve(Promise, Answer) end),
            Bridge#bridge{jobs = (Bridge#bridge.jobs)#{Monitor => {Job, Promise}}};
        interrupt ->
            Running = [Job || {Job, _} <- maps:values(Bridge#bridge.jobs)] -- Bridge#bridge.lingering,
            [Job ! interrupt || Job <- Running],
            resolve(Promise, #{ok => length(Running)}),
            Bridge
    catch
        _:Reason ->
            resolve(Promise, refusal(bad_request, Reason)),
            Bridge
    end.

handle(#{<<"op">> := <<"ping">>}) ->
    {answer, #{ok => <<"pong">>}};
handle(#{<<"op">> := <<"eval">>, <<"source">> := Source}) when is_binary(Source) ->
    {job, fun() -> console_eval:source(Source) end};
handle(#{<<"op">> := <<"compile">>, <<"source">> := Source} = Request) when is_binary(Source) ->
    {job, fun() -> console_compile:source(Request) end};
handle(#{<<"op">> := <<"whereis">>, <<"name">> := Name}) when is_binary(Name) ->
    {answer, #{ok => is_registered(Name)}};
handle(#{<<"op">> := <<"load">>} = Request) ->
    {answer, console_load:load(Request)};
handle(#{<<"op">> := <<"execute">>, <<"module">> := Module} = Request) when is_binary(Module) ->
    case console_load:load(Request) of
        #{ok := _} -> {job, fun() -> console_eval:start(binary_to_atom(Module)) end};
        Error -> {answer, Error}
    end;
handle(#{<<"op">> := <<"add_pack">>, <<"path">> := Path} = Request) when is_binary(Path) ->
    {answer, console_load:add_pack(Request)};
handle(#{<<"op">> := <<"start_shell">>, <<"cols">> := Cols, <<"rows">> := Rows})
  when is_integer(Cols), is_integer(Rows), Cols > 0, Rows > 0 ->
    console_tty:start_shell(Cols, Rows),
    {answer, #{ok => true}};
handle(#{<<"op">> := <<"interrupt">>}) ->
    interrupt;
handle(#{<<"op">> := Op}) when is_binary(Op) ->
    {answer, #{error => #{class => <<"bad_request">>,
                          message => <<"unknown or incomplete request: ", Op/binary>>,
                          output => <<>>}}}.

%% Only a name that exists as an atom can be registered; looking must not make it.
is_registered(Name) ->
    try whereis(binary_to_existing_atom(Name)) of
        Pid -> Pid =/= undefined
    catch
        error:badarg -> false
    end.

%% A job that ends normally has answered. One that died did not, or answered
%% before it died: then the promise is gone and the second answer goes nowhere.
ended(Monitor, Job, Reason, #bridge{jobs = Jobs, lingering = Lingering} = Bridge) ->
    case {Reason, Jobs} of
        {normal, _} -> ok;
        {_, #{Monitor := {_, Promise}}} -> resolve(Promise, refusal(exit, Reason));
        _ -> ok
    end,
    Bridge#bridge{jobs = maps:remove(Monitor, Jobs), lingering = lists:delete(Job, Lingering)}.

linger(Job, #bridge{lingering = Lingering} = Bridge) when length(Lingering) < ?LINGERING_LIMIT ->
    Bridge#bridge{lingering = Lingering ++ [Job]};
linger(Job, #bridge{lingering = [Oldest | Lingering]} = Bridge) ->
    Oldest ! stop,
    Bridge#bridge{lingering = Lingering ++ [Job]}.

refusal(Class, Reason) ->
    #{error => #{class => Class,
                 message => console_format:death(Reason),
                 output => <<>>}}.

resolve(Promise, Answer) ->
    try
        emscripten:promise_resolve(Promise, iolist_to_binary(json:encode(Answer)))
    catch
        _:_ -> ok
    end.
