%% The top of the kernel's processes: the controller of applications and the supervisor of servers. OTP starts them with
%% the system, and files, nodes and ports below them; here they are started by the first that needs them, or by a
%% process of the console's once the first prompt is there.
-module(kernel).
-export([ensure_started/0, ensure_server/1, root/1, application/1]).

-define(ROOT, kernel_root).

ensure_started() ->
    case whereis(kernel_sup) of
        undefined ->
            Root = root_pid(),
            Monitor = monitor(process, Root),
            Root ! {start, self(), Monitor},
            receive
                {Monitor, started} -> demonitor(Monitor, [flush]), ok;
                {'DOWN', Monitor, process, _, _} -> ensure_started()
            end;
        _ ->
            ok
    end.

%% Starts a server of the kernel's, unless it runs.
ensure_server(#{id := Id} = Server) ->
    ok = ensure_started(),
    case supervisor:start_child(kernel_sup, Server) of
        {error, already_present} -> running(Id, supervisor:restart_child(kernel_sup, Id));
        Started -> running(Id, Started)
    end.

running(_, {error, {already_started, Pid}}) -> {ok, Pid};
running(Id, {error, running}) -> {ok, whereis(Id)};
running(_, Other) -> Other.

%% Of two that are started at once, the one that gets the name stays.
root_pid() ->
    case whereis(?ROOT) of
        undefined ->
            spawn(fun() ->
                try register(?ROOT, self()) of
                    true -> root(infinity)
                catch
                    error:badarg -> ok
                end
            end);
        Root ->
            Root
    end.

%% The parent of both: it starts them when it is asked to, or after so many milliseconds.
root(DelayMs) ->
    process_flag(trap_exit, true),
    receive
        {start, _, _} = Request -> self() ! Request
    after DelayMs -> ok
    end,
    {ok, _} = application_controller:start(application(kernel)),
    {ok, _} = supervisor:start_link({local, kernel_sup}, ?MODULE, servers),
    [ok = application:start(Name) || Name <- [kernel, stdlib]],
    serve().

serve() ->
    receive
        {start, From, Tag} -> From ! {Tag, started}, serve();
        {'EXIT', _, Reason} -> exit(Reason);
        _ -> serve()
    end.

init(servers) ->
    Safe = #{id => kernel_safe_sup, start => {supervisor, start_link, [{local, kernel_safe_sup}, ?MODULE, safe]},
             type => supervisor},
    {ok, {#{strategy => one_for_one, intensity => 4, period => 10}, [Safe]}};
init(safe) ->
    {ok, {#{strategy => one_for_one, intensity => 4, period => 3600}, []}}.

%% The applications that are packed.
application(kernel) -> packed(kernel, "ERTS  CXC 138 10", "10.2.7.1", []);
application(stdlib) -> packed(stdlib, "ERTS  CXC 138 10", "6.2.2.1", [kernel]);
application(compiler) -> packed(compiler, "ERTS  CXC 138 10", "8.6.1", [kernel, stdlib]);
application(crypto) -> packed(crypto, "CRYPTO", "5.5.3", [kernel, stdlib]);
application(syntax_tools) -> packed(syntax_tools, "Syntax tools", "3.2.2", [kernel, stdlib]);
application(_) -> none.

packed(Name, Description, Version, Needed) ->
    {application, Name, [{description, Description}, {vsn, Version}, {modules, []}, {registered, []},
                         {applications, Needed}, {env, []}]}.
