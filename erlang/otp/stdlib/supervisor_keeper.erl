%% Which processes are supervisors: the VM cannot say, and asking a process of another kind would harm it. Kept
%% where no process owns it; those that ended are forgotten whenever one is added.
-module(supervisor_keeper).
-export([note/1, all/0]).

-define(STORE, persistent_term).

%% The calling process is a supervisor with that callback module.
note(Callback) ->
    Self = self(),
    ets_keeper:call(none, {atomic, fun() ->
        eTs:insert(?STORE, {supervisors, [{Self, Callback} | living()]}),
        ok
    end}).

%% Every supervisor that is alive, with its callback module.
all() ->
    _ = ets_keeper:store(?STORE),
    living().

living() ->
    case eTs:lookup(?STORE, supervisors) of
        [{_, Known}] -> [Supervisor || {Pid, _} = Supervisor <- Known, is_process_alive(Pid)];
        [] -> []
    end.
