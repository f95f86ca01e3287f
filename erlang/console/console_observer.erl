%% Tells the page about the VM's processes: the process `console_observer`. It
%% works only when asked, and never itself: a question that takes long, or that
%% somebody does not answer, costs only its own errand.
-module(console_observer).

-export([init/0]).

%% Processes looked at for one answer; what is beyond is counted.
-define(LISTED, 500).

%% Errands by the monitor on them.
-type open() :: #{reference() => Promise :: term()}.

-spec init() -> no_return().
init() ->
    loop(#{}).

-spec loop(open()) -> no_return().
loop(Open) ->
    receive
        {emscripten, {call, Promise, Request}} ->
            Errand = console_errand:start(Promise, fun() -> work(Request) end),
            loop(Open#{Errand => Promise});
        {'DOWN', Monitor, process, _Errand, Reason} ->
            ended(Reason, Open, Monitor),
            loop(maps:remove(Monitor, Open));
        _Other ->
            loop(Open)
    end.

ended(Reason, Open, Monitor) ->
    case Open of
        #{Monitor := Promise} -> console_errand:ended(Promise, Reason);
        #{} -> ok
    end.

work(Request) ->
    try answer(json:decode(Request))
    catch
        _:_ -> #{error => #{class => bad_request, message => <<"a request of an unknown shape">>}}
    end.

answer(#{<<"op">> := <<"list">>}) ->
    #{ok => console_processes:list(?LISTED)};
answer(#{<<"op">> := <<"tree">>}) ->
    #{ok => console_supervisors:tree()};
answer(#{<<"op">> := <<"details">>, <<"pid">> := Pid}) ->
    found(Pid, fun(Process) -> #{ok => console_processes:details(Process, ?LISTED)} end);
answer(#{<<"op">> := <<"kill">>, <<"pid">> := Pid}) ->
    found(Pid, fun kill/1).

found(Pid, Then) ->
    case console_processes:find(Pid) of
        {ok, Process} -> Then(Process);
        error -> gone(Pid)
    end.

%% The one process whose end would be the VM's.
kill(Process) ->
    case console_processes:owner(Process) of
        root -> #{error => #{class => refused,
                             message => <<"this process keeps the VM; restart the VM instead">>}};
        _ ->
            exit(Process, kill),
            #{ok => true}
    end.

gone(Pid) ->
    #{error => #{class => gone, message => Pid}}.
