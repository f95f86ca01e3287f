%% Start module of the core pack: brings the bridge up first, tells the page,
%% then starts the rest, and restarts whatever of it dies.
-module(console_boot).

-export([start/0]).

%% A process that dies younger than this is restarted after a pause of the same
%% length: one that cannot start must not keep the VM busy.
-define(YOUNG_MS, 100).

%% Applications and supervised servers are seldom needed before the first prompt.
-define(KERNEL_AFTER_MS, 1000).

-spec start() -> no_return().
start() ->
    process_flag(trap_exit, true),
    %% What halts or stops the machine tells this name, as in OTP; and nobody ends
    %% what has a name by mistake.
    true = register(init, self()),
    Bridge = start_child({console, fun() -> console:init() end}),
    console_device:event(#{event => console_up}),
    Rest = [start_child(Child) || Child <- children()],
    keep_log(),
    supervise([Bridge | Rest]).

children() ->
    [{echo, fun echo/0},
     {console_pace, fun() -> console_pace:init() end},
     {user, fun() -> console_user:init(plain) end},
     {standard_error, fun() -> console_user:init(red) end},
     {console_hooks, fun() -> console_hooks:init() end},
     {console_observer, fun() -> console_observer:init() end},
     {console_tty, fun() -> console_tty:init() end},
     {kernel_root, fun() -> kernel:root(?KERNEL_AFTER_MS) end}].

start_child({Name, Init}) ->
    Pid = spawn_link(Init),
    true = register(Name, Pid),
    lead(Name, Pid),
    {Pid, Name, Init, erlang:monotonic_time(millisecond)}.

%% Whatever is started later inherits `user` as its group leader.
lead(user, User) ->
    group_leader(User, self()),
    [group_leader(User, Pid) || Name <- [console, echo], Pid <- [whereis(Name)], is_pid(Pid)];
lead(_Name, _Pid) ->
    ok.

supervise(Children) ->
    receive
        {'EXIT', Pid, Reason} ->
            case lists:keytake(Pid, 1, Children) of
                {value, {Pid, Name, Init, Since}, Others} ->
                    pause(erlang:monotonic_time(millisecond) - Since),
                    Child = start_child({Name, Init}),
                    report(Name, Reason),
                    supervise([Child | Others]);
                false ->
                    supervise(Children)
            end;
        {stop, Status} ->
            console_device:event(#{event => halted, status => status(Status)}),
            supervise(Children);
        log_is_kept ->
            watch(whereis(ets_keeper)),
            supervise(Children);
        {'DOWN', _Monitor, process, _Keeper, _Reason} ->
            keep_log(),
            supervise(Children);
        _Other ->
            supervise(Children)
    end.

%% The process that keeps the logger's handlers starts again when it is needed,
%% and knows none of them then. It is asked by another process: nothing may hold
%% up the one that starts all others.
keep_log() ->
    Root = self(),
    spawn(fun() ->
        _ = console_log:install(),
        Root ! log_is_kept
    end).

watch(undefined) -> keep_log();
watch(Keeper) -> erlang:monitor(process, Keeper).

%% A slogan or `abort` is an exit in failure.
status(Status) when is_integer(Status) -> Status band 255;
status(_Failure) -> 1.

pause(AgeMs) when AgeMs >= ?YOUNG_MS -> ok;
pause(_AgeMs) -> receive after ?YOUNG_MS -> ok end.

report(Name, Reason) ->
    console_device:event(#{event => process_restarted, process => Name,
                           reason => console_format:death(Reason)}).

%% Answers a call with its payload: what a roundtrip costs and nothing else.
echo() ->
    receive
        {emscripten, {call, Promise, Payload}} ->
            emscripten:promise_resolve(Promise, Payload);
        _Other ->
            ok
    end,
    echo().
