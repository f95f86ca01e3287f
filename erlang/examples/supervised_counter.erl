%% title: A supervised counter
%% about: A supervisor keeps a counter alive: it crashes on bad input, is started
%%        afresh, and gives up its count but not its name.
%% run: supervised_counter:start().
-module(supervised_counter).
-behaviour(gen_server).

-export([start/0, add/1, value/0]).
-export([init/1, handle_call/3, handle_cast/2]).

start() ->
    {ok, Supervisor} = supervisor:start_link({local, ?MODULE}, ?MODULE, supervisor),
    First = whereis(counter),
    [add(N) || N <- [1, 2, 3]],
    io:format("the counter ~w says ~w~n", [First, value()]),
    io:format("adding an atom crashes it: ~w~n", [(catch add(oops)) =/= ok]),
    Second = await_another(First),
    io:format("the supervisor started ~w, which says ~w~n", [Second, value()]),
    add(40),
    Value = value(),
    unlink(Supervisor),
    exit(Supervisor, shutdown),
    {restarted, First =/= Second, value, Value}.

%% A restart takes a moment.
await_another(Old) ->
    case whereis(counter) of
        New when is_pid(New), New =/= Old -> New;
        _ -> timer:sleep(1), await_another(Old)
    end.

add(N) -> gen_server:call(counter, {add, N}).
value() -> gen_server:call(counter, value).

%% The supervisor and the counter both ask this module, each with its own argument.
init(supervisor) ->
    Counter = #{id => counter,
                start => {gen_server, start_link, [{local, counter}, ?MODULE, 0, []]}},
    {ok, {#{strategy => one_for_one, intensity => 3, period => 5}, [Counter]}};
init(Count) ->
    {ok, Count}.

handle_call({add, N}, _From, Count) -> {reply, ok, Count + N};
handle_call(value, _From, Count) -> {reply, Count, Count}.

handle_cast(_Message, Count) -> {noreply, Count}.
