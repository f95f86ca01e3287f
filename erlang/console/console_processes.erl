%% What the VM can tell of its processes, as plain data for the page. Each item
%% asked of a process is a message to it and back, so little is asked of all.
-module(console_processes).

-export([list/1, details/2, find/1, owner/1, name/1, pid/1]).

%% Whose a process is: of a program, of the console (which starts it again), of
%% the library under both (which starts again when it is next needed), or the
%% root of them all, with which the VM would end.
-type owner() :: program | console | library | root.
-export_type([owner/0]).

-define(CONSOLE, [console, echo, user, standard_error, console_tty, console_hooks, console_pace,
                  console_observer, shell]).
-define(LIBRARY, [ets_keeper, erlang_timers, application_controller, kernel_sup,
                  kernel_safe_sup, code_server, file_server_2, logger, timer_server,
                  global_name_server, net_kernel, erts_code_purger, error_logger,
                  logger_sup, logger_proxy, logger_handler_watcher, logger_std_h_default]).
-define(ROOT, init).

-define(FRAMES, 40).
-define(RELATIVES, 100).

-record(row, {pid :: pid(),
              name :: atom() | none,
              links :: [term()],
              owner :: owner(),
              queue :: non_neg_integer(),
              memory_bytes :: non_neg_integer()}).

-spec list(pos_integer()) -> map().
list(Limit) ->
    All = processes(),
    Console = console(),
    Rows = [Row || Pid <- lists:sublist(All, Limit), Row <- row(Pid, Console)],
    Names = #{Pid => Name || #row{pid = Pid, name = Name} <- Rows, Name =/= none},
    #{total => length(All),
      processes => {json, array([written(Row, Names) || Row <- Rows])}}.

%% None for a process that is gone.
row(Pid, Console) ->
    case info(Pid, memory, gone) of
        gone ->
            [];
        Bytes ->
            Name = name(Pid),
            Links = info(Pid, links, []),
            [#row{pid = Pid, name = Name, links = Links, owner = owner(Pid, Name, Links, Console),
                  queue = info(Pid, message_queue_len, 0), memory_bytes = Bytes}]
    end.

%% The encoder of `json` looks at every byte of a text, which takes the VM longer
%% than all the rest; only names can hold what must be escaped.
written(#row{} = Row, Names) ->
    array([[$", pid(Row#row.pid), $"],
           json:encode(word(Row#row.name)),
           json:encode(kin(Row#row.name, Row#row.links, Names)),
           [$", atom_to_binary(Row#row.owner), $"],
           integer_to_binary(length(Row#row.links)),
           integer_to_binary(Row#row.queue),
           integer_to_binary(Row#row.memory_bytes)]).

array(Values) ->
    [$[, lists:join($,, Values), $]].

%% A process without a name is known by one with a name that it is linked to.
kin(none, Links, Names) ->
    case [Name || Pid <- Links, #{Pid := Name} <- [Names]] of
        [Name | _] -> word(Name);
        [] -> null
    end;
kin(_Name, _Links, _Names) ->
    null.

%% The VM knows who watches a process, so whom it watches is found by asking all.
-spec details(pid(), pos_integer()) -> map().
details(Pid, Limit) ->
    Watched = [Other || Other <- lists:sublist(processes(), Limit), Other =/= Pid,
                        lists:member(Pid, pids(info(Other, monitored_by, [])))],
    #{pid => pid(Pid), name => word(name(Pid)),
      stack => [frame(Frame) || Frame <- lists:sublist(info(Pid, current_stacktrace, []), ?FRAMES)],
      links => relatives(pids(info(Pid, links, []))),
      monitors => relatives(Watched),
      monitored_by => relatives(pids(info(Pid, monitored_by, []))),
      heap_words => info(Pid, total_heap_size, 0),
      stack_words => info(Pid, stack_size, 0)}.

pids(List) ->
    [Pid || Pid <- List, is_pid(Pid)].

relatives(Pids) ->
    [#{pid => pid(Pid), name => word(name(Pid))} || Pid <- lists:sublist(Pids, ?RELATIVES)].

%% A process that is alive, by what is shown of it.
-spec find(binary()) -> {ok, pid()} | error.
find(Shown) ->
    case [Pid || Pid <- processes(), pid(Pid) =:= Shown] of
        [Pid | _] -> {ok, Pid};
        [] -> error
    end.

-spec owner(pid()) -> owner().
owner(Pid) ->
    owner(Pid, name(Pid), info(Pid, links, []), console()).

%% The shell's own links lead to what a person runs.
console() ->
    [Pid || Name <- ?CONSOLE -- [shell], Pid <- [whereis(Name)], is_pid(Pid)].

owner(_Pid, ?ROOT, _Links, _Console) ->
    root;
owner(Pid, Name, Links, Console) ->
    case {lists:member(Name, ?CONSOLE), lists:member(Name, ?LIBRARY)} of
        {true, _} -> console;
        {_, true} -> library;
        _ when Name =:= none -> owner_by_ties(Pid, Links, Console);
        _ -> program
    end.

%% What has no name and works for the console is tied to it: jobs and errands
%% are watched by it, the shell's group leader is linked to its driver.
owner_by_ties(Pid, Links, Console) ->
    IsConsole = fun(Tie) -> lists:member(Tie, Console) end,
    case lists:any(IsConsole, Links) orelse lists:any(IsConsole, info(Pid, monitored_by, [])) of
        true -> console;
        false -> program
    end.

-spec name(pid()) -> atom() | none.
name(Pid) ->
    case info(Pid, registered_name, []) of
        [] -> none;
        Name -> Name
    end.

word(none) -> null;
word(Name) -> atom_to_binary(Name).

-spec pid(pid()) -> binary().
pid(Pid) ->
    list_to_binary(pid_to_list(Pid)).

%% The VM of today gives no stack of another process; one that does is shown.
frame({Module, Name, Arguments, Where}) when is_list(Arguments) ->
    frame({Module, Name, length(Arguments), Where});
frame({Module, Name, Arity, Where}) ->
    Line = [[<<" (line ">>, integer_to_binary(L), $)] || {line, L} <- Where, L > 0],
    iolist_to_binary([atom_to_binary(Module), $:, atom_to_binary(Name), $/, integer_to_binary(Arity) | Line]).

info(Pid, Item, Default) ->
    try erlang:process_info(Pid, Item) of
        {Item, Value} -> Value;
        _ -> Default
    catch
        _:_ -> Default
    end.
