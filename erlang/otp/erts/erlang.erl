%% Functions of `erlang` that AtomVM lacks, or does differently. AtomVM looks for a native of a name first and for
%% this module next. A module name with its second letter in capital (`eRlang`) reaches a native that the build
%% has veiled because the function here does more.
-module(erlang).
-compile({no_auto_import, [exit/2]}).
-export([apply/2, apply/3, spawn/1, spawn/2, spawn/3, spawn/4, spawn_link/1, spawn_link/2, spawn_link/3, spawn_link/4,
         spawn_monitor/1, spawn_monitor/2, spawn_monitor/3, spawn_monitor/4, spawn_opt/2, spawn_opt/3, spawn_opt/4,
         spawn_opt/5, monitor/2, monitor/3, demonitor/1, demonitor/2,
         alias/0, alias/1, unalias/1, send/2, send/3, hibernate/3, hibernate/0, yield/0, process_flag/2,
         process_info/1, process_info/2, is_process_alive/1, exit/2, registered/0, halt/0, halt/1, halt/2, is_alive/0, nodes/0, nodes/1, nodes/2, monitor_node/2,
         monitor_node/3, disconnect_node/1, get_cookie/0, get_cookie/1, ports/0, pre_loaded/0, statistics/1, memory/0, memory/1,
         system_flag/2, system_info/1, trace/3, seq_trace/2, seq_trace_info/1]).
-export([send_after/3, send_after/4, start_timer/3, start_timer/4, cancel_timer/1, cancel_timer/2,
         read_timer/1, read_timer/2, bump_reductions/1]).
-export([nif_error/1, nif_error/2, md5/1, md5_init/0, md5_update/2, md5_final/1, adler32/1, adler32/2, phash/2,
         phash2/1, phash2/2, binary_to_term/1, binary_to_term/2, term_to_binary/2, term_to_iovec/1, term_to_iovec/2, external_size/1, external_size/2,
         match_spec_test/3, is_builtin/3, fun_info/1, fun_info/2, fun_info_mfa/1, raise/3, delete_module/1, purge_module/1,
         check_old_code/1, load_module/2, dt_spread_tag/1, dt_restore_tag/1, dt_get_tag/0, dt_append_vm_tag_data/1,
         dt_prepend_vm_tag_data/1]).
-export([float_to_list/2, float_to_binary/2, '--'/2, '!'/2, display/1, fun_to_list/1]).
-export([binary_to_list/3, bitstring_to_list/1, list_to_bitstring/1, iolist_to_iovec/1, list_to_pid/1, list_to_ref/1, binary_part/2,
         append_element/2, make_tuple/3, get_keys/0, get_keys/1, is_record/2, is_record/3, date/0, time/0, now/0,
         monotonic_time/1, system_time/1, time_offset/0, time_offset/1, localtime_to_universaltime/1, localtime_to_universaltime/2,
         universaltime_to_localtime/1, posixtime_to_universaltime/1, universaltime_to_posixtime/1]).

%% Words of a heap that a process may have from its start: less than a MiB.
-define(LARGEST_AT_START, 196_650).

%% AtomVM calls a fun only with as many arguments as the code names, and says of a wrong count only that it is wrong.
apply(Fun, Arguments) ->
    case Arguments of
        _ when erlang:is_function(Fun), not erlang:is_function(Fun, erlang:length(Arguments)) ->
            erlang:error({badarity, {Fun, Arguments}});
        _ when not erlang:is_function(Fun) ->
            erlang:error({badfun, Fun});
        [] -> Fun();
        [A] -> Fun(A);
        [A, B] -> Fun(A, B);
        [A, B, C] -> Fun(A, B, C);
        [A, B, C, D] -> Fun(A, B, C, D);
        [A, B, C, D, E] -> Fun(A, B, C, D, E);
        [A, B, C, D, E, F] -> Fun(A, B, C, D, E, F);
        [A, B, C, D, E, F, G] -> Fun(A, B, C, D, E, F, G);
        [A, B, C, D, E, F, G, H] -> Fun(A, B, C, D, E, F, G, H);
        [A, B, C, D, E, F, G, H, I] -> Fun(A, B, C, D, E, F, G, H, I);
        [A, B, C, D, E, F, G, H, I, J] -> Fun(A, B, C, D, E, F, G, H, I, J);
        [A, B, C, D, E, F, G, H, I, J, K] -> Fun(A, B, C, D, E, F, G, H, I, J, K);
        [A, B, C, D, E, F, G, H, I, J, K, L] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L);
        [A, B, C, D, E, F, G, H, I, J, K, L, M] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L, M);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L, M, N);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S);
        [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T] -> Fun(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T);
        _ -> erlang:error(badarg, [Fun, Arguments])
    end.

apply(Module, Name, Arguments) -> erlang_apply:function(Module, Name, Arguments).

%% AtomVM has spawn_opt only; it starts a fun or a function of a module.
spawn(Fun) -> erlang:spawn_opt(Fun, []).
spawn_link(Fun) -> erlang:spawn_opt(Fun, [link]).
spawn_monitor(Fun) -> erlang:spawn_opt(Fun, [monitor]).
spawn(Module, Name, Arguments) -> erlang:spawn_opt(Module, Name, Arguments, []).
spawn_link(Module, Name, Arguments) -> erlang:spawn_opt(Module, Name, Arguments, [link]).
spawn_monitor(Module, Name, Arguments) -> erlang:spawn_opt(Module, Name, Arguments, [monitor]).

%% There is one node.
spawn(Node, Fun) -> spawn_at(Node, Fun, []).
spawn_link(Node, Fun) -> spawn_at(Node, Fun, [link]).
spawn_monitor(Node, Fun) -> spawn_at(Node, Fun, [monitor]).
spawn(Node, Module, Name, Arguments) -> spawn_at(Node, Module, Name, Arguments, []).
spawn_link(Node, Module, Name, Arguments) -> spawn_at(Node, Module, Name, Arguments, [link]).
spawn_monitor(Node, Module, Name, Arguments) -> spawn_at(Node, Module, Name, Arguments, [monitor]).
spawn_opt(Node, Fun, Options) -> spawn_at(Node, Fun, Options).
spawn_opt(Node, Module, Name, Arguments, Options) -> spawn_at(Node, Module, Name, Arguments, Options).

spawn_at(Node, Fun, Options) when Node =:= erlang:node() -> erlang:spawn_opt(Fun, Options);
spawn_at(Node, Fun, Options) -> erlang:error(badarg, [Node, Fun, Options]).

spawn_at(Node, Module, Name, Arguments, Options) when Node =:= erlang:node() ->
    erlang:spawn_opt(Module, Name, Arguments, Options);
spawn_at(Node, Module, Name, Arguments, Options) ->
    erlang:error(badarg, [Node, Module, Name, Arguments, Options]).

%% AtomVM refuses the tuning options of OTP's memory manager and scheduler, which say nothing here.
%% It ends the machine over a fun with arguments, and over one of the form `fun Module:Name/0`.
spawn_opt(Fun, Options) when erlang:is_function(Fun, 0) ->
    case erlang:fun_info(Fun, type) of
        {type, local} -> spawn_watched(Fun, Options);
        {type, external} -> spawn_watched(fun() -> Fun() end, Options)
    end;
spawn_opt(Fun, Options) ->
    erlang:error(badarg, [Fun, Options]).

%% The native finds no function that is itself a native, and no module that is not loaded yet.
spawn_opt(Module, Name, Arguments, Options) when erlang:is_atom(Module), erlang:is_atom(Name), erlang:is_list(Arguments) ->
    spawn_watched(fun() -> erlang:apply(Module, Name, Arguments) end, Options);
spawn_opt(Module, Name, Arguments, Options) ->
    erlang:error(badarg, [Module, Name, Arguments, Options]).

%% A monitor with options is there before what it watches begins.
spawn_watched(Fun, Options) ->
    Native = spawn_options(Options),
    case lists:keyfind(monitor, 1, Options) of
        {monitor, How} ->
            Gate = erlang:make_ref(),
            Pid = eRlang:spawn_opt(fun() -> receive Gate -> Fun() end end, Native),
            try {Pid, erlang:monitor(process, Pid, How)}
            after Pid ! Gate
            end;
        false ->
            eRlang:spawn_opt(Fun, Native)
    end.

spawn_options([link | Options]) -> [link | spawn_options(Options)];
spawn_options([monitor | Options]) -> [monitor | spawn_options(Options)];
%% A heap that is large from its start takes that much at once: a process gets no more than a part of the memory.
spawn_options([{min_heap_size, Words} | Options]) when erlang:is_integer(Words), Words >= 0 ->
    [{min_heap_size, heap_size(Words, 12, 38)} | spawn_options(Options)];
spawn_options([{_, _} | Options]) -> spawn_options(Options);
%% The growth that AtomVM starts with keeps heaps small for microcontrollers: a list of 100,000 took 20 seconds.
spawn_options([]) -> [{atomvm_heap_growth, fibonacci}];
spawn_options(_) -> erlang:error(badarg).

%% OTP's heaps grow from one of these sizes to the next, and begin with one of them.
heap_size(Words, Size, _) when Size >= Words; Size >= ?LARGEST_AT_START -> Size;
heap_size(Words, Size, Next) -> heap_size(Words, Next, Size + Next + 1).

%% AtomVM knows no aliases and no options of monitors.
monitor(Type, Item) -> erlang_alias:watch(Type, Item, []).
monitor(Type, Item, Options) -> erlang_alias:watch(Type, Item, Options).
demonitor(Monitor) -> erlang_alias:unwatch(Monitor, []).
demonitor(Monitor, Options) -> erlang_alias:unwatch(Monitor, Options).
alias() -> erlang_alias:make([]).
alias(Options) -> erlang_alias:make(Options).
unalias(Alias) when erlang:is_reference(Alias) -> erlang_alias:remove(Alias);
unalias(Alias) -> erlang:error(badarg, [Alias]).

'!'(Destination, Message) -> erlang:send(Destination, Message).
send(Pid, Message) when erlang:is_pid(Pid) -> eRlang:send(Pid, Message);
send(Alias, Message) when erlang:is_reference(Alias) -> erlang_alias:send(Alias, Message);
send({Name, Node}, Message) when erlang:is_atom(Name), erlang:is_atom(Node) ->
    %% Nobody hears of a message to a name or a node that is not there.
    _ = Node =:= erlang:node() andalso (try eRlang:send(Name, Message) catch error:badarg -> lost end),
    Message;
send(Destination, Message) -> eRlang:send(Destination, Message).

send({Name, Node}, _, Options) when erlang:is_atom(Name), erlang:is_atom(Node), Node =/= erlang:node() ->
    case lists:member(noconnect, Options) of
        true -> noconnect;
        false -> ok
    end;
send(Destination, Message, _Options) ->
    _ = erlang:send(Destination, Message),
    ok.

hibernate(Module, Name, Arguments) when erlang:is_atom(Module), erlang:is_atom(Name), erlang:is_list(Arguments) ->
    _ = erlang_process:sleep(),
    erlang:apply(Module, Name, Arguments);
hibernate(Module, Name, Arguments) ->
    erlang:error(badarg, [Module, Name, Arguments]).
hibernate() -> erlang_process:sleep().

yield() ->
    receive after 0 -> true end.

%% AtomVM knows trap_exit only and calls the tuning flags a bad argument.
process_flag(trap_exit, Value) -> eRlang:process_flag(trap_exit, Value);
process_flag(error_handler, _) -> error_handler;
process_flag(priority, _) -> normal;
process_flag(message_queue_data, _) -> on_heap;
process_flag(sensitive, Value) when erlang:is_boolean(Value) -> false;
process_flag(async_dist, Value) when erlang:is_boolean(Value) -> false;
process_flag(save_calls, Value) when erlang:is_integer(Value) -> 0;
process_flag(fullsweep_after, Value) when erlang:is_integer(Value) -> 65535;
process_flag(min_heap_size, Value) when erlang:is_integer(Value) -> 233;
process_flag(min_bin_vheap_size, Value) when erlang:is_integer(Value) -> 46422;
process_flag(max_heap_size, _) -> #{size => 0, kill => true, error_logger => true, include_shared_binaries => false};
process_flag(Flag, Value) -> erlang:error(badarg, [Flag, Value]).

process_info(Pid) -> erlang_process:info(Pid).
process_info(Pid, Item) -> erlang_process:info(Pid, Item).
is_process_alive(Pid) -> erlang_process:is_alive(Pid).
exit(Pid, Reason) -> erlang_process:exit(Pid, Reason).

registered() ->
    [Name || Pid <- erlang:processes(), {registered_name, Name} <- [erlang:process_info(Pid, registered_name)]].

%% The native writes where only the page's log shows it.
display(Term) ->
    case erlang:whereis(user) of
        undefined -> eRlang:display(Term);
        User -> io:format(User, "~0tp~n", [Term]), true
    end.

%% The process `init` has the page start the machine anew; whoever halts it does nothing more. Without that process
%% only the one that asks ends.
halt() -> erlang:halt(0).
halt(Status) -> erlang:halt(Status, []).
halt(Status, Options) when erlang:is_list(Options), (erlang:is_integer(Status) andalso Status >= 0)
                           orelse erlang:is_list(Status) orelse Status =:= abort ->
    case erlang:whereis(init) of
        undefined -> erlang:exit({halt, Status});
        Init -> Init ! {stop, Status}, receive after infinity -> ok end
    end;
halt(Status, Options) -> erlang:error(badarg, [Status, Options]).

is_alive() -> erlang:node() =/= nonode@nohost.
nodes() -> [].
nodes(this) -> [erlang:node()];
nodes(_) -> [].
nodes(this, _) -> [{erlang:node(), #{}}];
nodes(_, _) -> [].
monitor_node(_Node, _Flag) -> true.
monitor_node(_Node, _Flag, _Options) -> true.
disconnect_node(_Node) -> ignored.
get_cookie() -> nocookie.
get_cookie(_Node) -> nocookie.
ports() -> [].
pre_loaded() -> [].
trace(_What, _How, _Flags) -> 0.
seq_trace(_Type, _Value) -> [].
seq_trace_info(token) -> [];
seq_trace_info(Item) -> {Item, []}.

statistics(Item) when Item =:= runtime; Item =:= wall_clock ->
    Now = erlang:monotonic_time(millisecond),
    Before = case erlang:put({statistics, Item}, Now) of undefined -> Now; Time -> Time end,
    {Now, Now - Before};
statistics(context_switches) -> {0, 0};
statistics(reductions) -> {0, 0};
statistics(garbage_collection) -> {0, 0, 0};
statistics(io) -> {{input, 0}, {output, 0}};
statistics(Item) when Item =:= run_queue; Item =:= total_run_queue_lengths; Item =:= total_active_tasks -> 0;
statistics(Item) -> erlang:error(badarg, [Item]).

%% What AtomVM can tell: the memory of its processes, and the binaries beside them.
memory() ->
    Processes = lists:sum([Bytes || Pid <- erlang:processes(), {memory, Bytes} <- [erlang:process_info(Pid, memory)]]),
    Binary = eRlang:memory(binary),
    [{total, Processes + Binary}, {processes, Processes}, {processes_used, Processes}, {system, Binary}, {binary, Binary}].

memory(binary) -> eRlang:memory(binary);
memory(Items) when erlang:is_list(Items) -> [{Item, erlang:memory(Item)} || Item <- Items];
memory(Item) when Item =:= total; Item =:= processes; Item =:= processes_used; Item =:= system ->
    {_, Bytes} = lists:keyfind(Item, 1, erlang:memory()),
    Bytes;
memory(Item) when Item =:= ets; Item =:= atom; Item =:= atom_used; Item =:= code ->
    erlang:error(notsup, [Item]);
memory(Item) ->
    erlang:error(badarg, [Item]).

%% How many calls a stack trace holds is the VM's to say; the answer is what OTP begins with.
system_flag(backtrace_depth, Depth) when erlang:is_integer(Depth), Depth >= 0 -> 8;
system_flag(Flag, Value) -> eRlang:system_flag(Flag, Value).

%% What OTP's libraries ask of the system and AtomVM does not know.
system_info(otp_release) -> "27";
system_info(version) -> "15.2.7";
system_info(machine) -> "ATOM";
system_info(build_type) -> opt;
system_info(emu_flavor) -> emu;
system_info(threads) -> true;
system_info(thread_pool_size) -> 0;
system_info(logical_processors) -> eRlang:system_info(schedulers);
system_info(logical_processors_available) -> eRlang:system_info(schedulers);
system_info(logical_processors_online) -> eRlang:system_info(schedulers);
system_info({wordsize, _}) -> 4;
system_info(endian) -> little;
system_info(os_type) -> {unix, emscripten};
system_info(time_offset) -> final;
system_info(start_time) -> 0;
system_info(end_time) -> 1 bsl 59;
system_info(tolerant_timeofday) -> enabled;
system_info(process_limit) -> 262144;
system_info(port_limit) -> 1024;
system_info(atom_limit) -> 1048576;
system_info(ets_limit) -> 8192;
system_info(context_reductions) -> 4000;
system_info(snifs) -> [];
system_info(dist_ctrl) -> [];
system_info(kernel_poll) -> false;
system_info(ets_always_compress) -> false;
system_info(time_warp_mode) -> no_time_warp;
system_info(time_correction) -> true;
system_info(heap_type) -> private;
system_info(emu_type) -> opt;
system_info(smp_support) -> true;
system_info(dirty_io_schedulers) -> 0;
system_info(dirty_cpu_schedulers) -> 0;
system_info(modified_timing_level) -> undefined;
system_info(break_ignored) -> true;
system_info(c_compiler_used) -> {emscripten, undefined};
system_info(Item) ->
    case eRlang:system_info(Item) of
        undefined -> erlang:error(badarg, [Item]);
        Value -> Value
    end.

%% One process keeps all timers.
send_after(Time, Destination, Message) -> erlang_timers:start(Time, Destination, message, Message, []).
send_after(Time, Destination, Message, Options) -> erlang_timers:start(Time, Destination, message, Message, Options).
start_timer(Time, Destination, Message) -> erlang_timers:start(Time, Destination, timeout, Message, []).
start_timer(Time, Destination, Message, Options) -> erlang_timers:start(Time, Destination, timeout, Message, Options).
cancel_timer(Timer) -> erlang_timers:cancel(Timer, []).
cancel_timer(Timer, Options) -> erlang_timers:cancel(Timer, Options).
read_timer(Timer) -> erlang_timers:read(Timer, []).
read_timer(Timer, Options) -> erlang_timers:read(Timer, Options).

%% The scheduler counts for itself.
bump_reductions(Count) when erlang:is_integer(Count), Count > 0 -> true.

%% AtomVM ends the whole machine on nif_error; an error is enough.
nif_error(_Reason) -> erlang:error(undef).
nif_error(_Reason, Arguments) -> erlang:error(undef, Arguments).

%% mbedtls has the digest; what was added is kept until the end, since its state cannot be held in a term.
md5(Data) -> crypto:hash(md5, Data).
md5_init() -> <<>>.
md5_update(Context, Data) -> <<Context/binary, (erlang:iolist_to_binary(Data))/binary>>.
md5_final(Context) -> md5(Context).

adler32(Data) -> adler32(1, Data).
adler32(Sum, Data) -> erlang_hash:adler(erlang:iolist_to_binary(Data), Sum band 16#ffff, Sum bsr 16).

phash(Term, Range) -> erlang_hash:term(Term) rem Range + 1.
phash2(Term) -> erlang_phash2:term(Term) band (1 bsl 27 - 1).
phash2(Term, Range) when erlang:is_integer(Range), Range > 0, Range =< 1 bsl 32 -> erlang_phash2:term(Term) rem Range;
phash2(Term, Range) -> erlang:error(badarg, [Term, Range]).

%% What the native does not read may be written in an older way.
binary_to_term(Binary) ->
    try eRlang:binary_to_term(Binary)
    catch error:badarg ->
        try erlang_external:older(Binary, [])
        catch error:_ -> erlang:error(badarg, [Binary], [{error_info, #{module => erl_erts_errors}}])
        end
    end.

binary_to_term(Binary, Options) ->
    try eRlang:binary_to_term(Binary, Options)
    catch error:badarg ->
        try erlang_external:older(Binary, Options)
        catch error:_ -> erlang:error(badarg, [Binary, Options], [{error_info, #{module => erl_erts_errors}}])
        end
    end.

%% Options say how small the result should be, not what it means.
term_to_binary(Term, _Options) -> erlang:term_to_binary(Term).
term_to_iovec(Term) -> [erlang:term_to_binary(Term)].
term_to_iovec(Term, _Options) -> [erlang:term_to_binary(Term)].
external_size(Term) -> erlang:byte_size(erlang:term_to_binary(Term)).
external_size(Term, _Options) -> external_size(Term).

match_spec_test(Term, Spec, table) -> ets_match:test(Term, Spec);
match_spec_test(Term, Spec, Kind) -> erlang:error(badarg, [Term, Spec, Kind]).

is_builtin(Module, Name, Arity) -> Module =:= erlang andalso erlang:function_exported(Module, Name, Arity).

%% The native counts what a fun has captured as arguments.
fun_info(Fun, arity) ->
    {arity, Counted} = eRlang:fun_info(Fun, arity),
    {arity, arity(Fun, 0, Counted)};
%% The native tells nothing that a fun has captured. The evaluator asks that of the funs that it made.
fun_info(Fun, env) ->
    {env, case eRlang:fun_info(Fun, module) of {module, erl_eval} -> erl_eval:captured(Fun); _ -> [] end};
fun_info(Fun, Item) ->
    eRlang:fun_info(Fun, Item).

%% The native quotes no names.
fun_to_list(Fun) ->
    case eRlang:fun_info(Fun, type) of
        {type, external} -> lists:flatten(io_lib:format("fun ~tw:~tw/~w", erlang:tuple_to_list(erlang:fun_info_mfa(Fun))));
        _ -> eRlang:fun_to_list(Fun)
    end.

arity(Fun, Arity, Counted) when Arity < Counted ->
    case erlang:is_function(Fun, Arity) of
        true -> Arity;
        false -> arity(Fun, Arity + 1, Counted)
    end;
arity(_Fun, _Arity, Counted) ->
    Counted.

%% Stack frames may be given without a place in the source; the native hands them on as they are.
raise(Class, Reason, Stack) ->
    eRlang:raise(Class, Reason, [placed(Frame) || Frame <- Stack]).

placed({Module, Name, Arity}) -> {Module, Name, Arity, []};
placed({Fun, Arguments}) -> {Fun, Arguments, [], []};
placed(Frame) -> Frame.

fun_info(Fun) ->
    [Info || Item <- [module, name, arity, type, env], Info <- one_fun_info(Fun, Item)].

one_fun_info(Fun, Item) ->
    try [erlang:fun_info(Fun, Item)] catch error:_ -> [] end.

fun_info_mfa(Fun) ->
    {module, Module} = erlang:fun_info(Fun, module),
    {name, Name} = erlang:fun_info(Fun, name),
    {arity, Arity} = erlang:fun_info(Fun, arity),
    {Module, Name, Arity}.

%% AtomVM replaces a module when a new one is loaded; there is no old code.
delete_module(_Module) -> undefined.
purge_module(_Module) -> true.
check_old_code(_Module) -> false.
load_module(Module, Beam) ->
    case code:load_binary(Module, [], Beam) of
        {module, _} = Loaded -> Loaded;
        _ -> {error, badfile}
    end.

%% Tags of a tracing tool that is not there.
dt_spread_tag(_Flag) -> true.
dt_restore_tag(_Tag) -> true.
dt_get_tag() -> undefined.
dt_append_vm_tag_data(Data) -> Data.
dt_prepend_vm_tag_data(Data) -> Data.

binary_to_list(Binary, First, Last) -> erlang:binary_to_list(binary:part(Binary, First - 1, Last - First + 1)).
bitstring_to_list(Bits) when erlang:is_bitstring(Bits) -> erlang_bits:to_list(Bits);
bitstring_to_list(_) -> erlang:error(badarg).

%% The VM's own takes whole bytes alone.
list_to_bitstring(List) ->
    try erlang:list_to_binary(List)
    catch error:_ -> erlang_bits:from_list(List)
    end.
iolist_to_iovec(Data) -> [erlang:iolist_to_binary(Data)].
binary_part(Binary, {Start, Length}) -> erlang:binary_part(Binary, Start, Length).

'--'(From, What) ->
    try eRlang:'--'(From, What) catch error:_ -> erlang_raise:error(badarg, [From, What], {erlang, '--', 2}) end.

%% OTP's `short` prefers the exponent where that is shorter.
float_to_list(Float, [short]) -> erlang_float:layout(eRlang:float_to_list(Float, [short]), Float);
float_to_list(Float, Options) -> eRlang:float_to_list(Float, Options).
float_to_binary(Float, [short]) -> erlang:list_to_binary(float_to_list(Float, [short]));
float_to_binary(Float, Options) -> eRlang:float_to_binary(Float, Options).

list_to_pid(Text) ->
    try erlang_identity:pid(Text) catch _:_ -> erlang:error(badarg, [Text]) end.

list_to_ref(Text) ->
    try erlang_identity:ref(Text) catch _:_ -> erlang:error(badarg, [Text]) end.

append_element(Tuple, Element) -> erlang:insert_element(erlang:tuple_size(Tuple) + 1, Tuple, Element).
make_tuple(Size, Initial, Places) ->
    lists:foldl(fun({Place, Value}, Tuple) -> erlang:setelement(Place, Tuple, Value) end,
                erlang:make_tuple(Size, Initial), Places).

get_keys() -> [Key || {Key, _} <- erlang:get()].
get_keys(Wanted) -> [Key || {Key, Value} <- erlang:get(), Value =:= Wanted].

is_record(Term, Tag) -> erlang:is_tuple(Term) andalso erlang:tuple_size(Term) > 0 andalso erlang:element(1, Term) =:= Tag.
is_record(Term, Tag, Size) -> erlang:is_tuple(Term) andalso erlang:tuple_size(Term) =:= Size andalso erlang:element(1, Term) =:= Tag.

date() -> {Date, _} = erlang:localtime(), Date.
time() -> {_, Time} = erlang:localtime(), Time.

now() ->
    Now = erlang:system_time(microsecond),
    Later = case erlang:get({erlang, now}) of Last when erlang:is_integer(Last), Last >= Now -> Last + 1; _ -> Now end,
    erlang:put({erlang, now}, Later),
    {Later div 1000000000000, Later div 1000000 rem 1000000, Later rem 1000000}.

%% The natives know the named units only.
monotonic_time(Unit) -> erlang_clock:in_unit(Unit, eRlang:monotonic_time(nanosecond)).
system_time(Unit) -> erlang_clock:in_unit(Unit, eRlang:system_time(nanosecond)).

time_offset() -> time_offset(native).
time_offset(Unit) -> erlang:system_time(Unit) - erlang:monotonic_time(Unit).

localtime_to_universaltime(Local) -> erlang_clock:shift(Local, -erlang_clock:zone_seconds()).
localtime_to_universaltime(Local, _IsDst) -> localtime_to_universaltime(Local).
universaltime_to_localtime(Universal) -> erlang_clock:shift(Universal, erlang_clock:zone_seconds()).
posixtime_to_universaltime(Seconds) -> calendar:gregorian_seconds_to_datetime(Seconds + 62167219200).
universaltime_to_posixtime(Universal) -> calendar:datetime_to_gregorian_seconds(Universal) - 62167219200.
