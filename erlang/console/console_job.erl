%% One evaluation: a process that is the group leader of the process that
%% evaluates, collects what is printed (bounded), answers the caller, and then
%% stays as long as processes live that the evaluation may have started: they
%% may still print.
-module(console_job).

-export([start/2]).

-define(OUTPUT_LIMIT_BYTES, 1_000_000).

-type answer() :: fun((map()) -> term()).
-type work() :: fun(() -> console_eval:result() | {answer, map()}).

-record(job, {answer :: answer(),
              worker :: {pid(), reference()},
              before :: [pid()],
              output = [] :: [binary()],
              bytes = 0 :: non_neg_integer(),
              dropped = 0 :: non_neg_integer()}).

%% The caller gets the job's process and a monitor on it: should the job die
%% before it answers, the caller answers in its place.
-spec start(work(), answer()) -> {pid(), reference()}.
start(Work, Answer) ->
    erlang:spawn_opt(fun() -> init(Work, Answer) end, [monitor]).

init(Work, Answer) ->
    Before = processes(),
    Job = self(),
    Worker = erlang:spawn_opt(fun() ->
        true = group_leader(Job, self()),
        console_pace:hold(self()),
        Job ! {result, self(), Work()}
    end, [monitor]),
    running(#job{answer = Answer, worker = Worker, before = Before}).

running(#job{worker = {Worker, Monitor}} = Job) ->
    receive
        {io_request, From, As, Request} ->
            {Printed, Reply} = console_io:request(Request),
            From ! {io_reply, As, Reply},
            running(collect(Printed, Job));
        {result, Worker, Result} ->
            demonitor(Monitor, [flush]),
            finish(Result, Job);
        {'DOWN', Monitor, process, Worker, Reason} ->
            finish({error, exit, console_format:death(Reason)}, Job);
        interrupt ->
            exit(Worker, kill),
            running(Job)
    end.

collect(<<>>, Job) ->
    Job;
collect(Printed, #job{output = Output, bytes = Bytes, dropped = Dropped} = Job) ->
    Room = ?OUTPUT_LIMIT_BYTES - Bytes,
    case byte_size(Printed) of
        Size when Size =< Room ->
            Job#job{output = [Printed | Output], bytes = Bytes + Size};
        Size ->
            %% Whole prints only: a cut one could end within a character.
            Job#job{dropped = Dropped + Size}
    end.

finish(Result, #job{answer = Answer, worker = {Worker, _}, before = Before} = Job) ->
    Output = iolist_to_binary(lists:reverse(Job#job.output)),
    _ = Answer(with_dropped(Job#job.dropped, answer(Result, Output))),
    %% The VM may still list the worker after its end was heard.
    Known = [Worker | Before],
    case started_since(Known) of
        [] ->
            ok;
        Started ->
            console ! {lingering, self()},
            linger(Known, watch(Started))
    end.

%% Nobody can tell who started a process; whatever is new since then may be the evaluation's.
started_since(Known) ->
    processes() -- Known.

watch(Processes) ->
    #{monitor(process, Process) => true || Process <- Processes}.

answer({ok, Value}, Output) ->
    #{ok => #{value => Value, output => Output}};
answer({answer, Answer}, Output) ->
    #{ok => Answer#{output => Output}};
answer({error, Class, Message}, Output) ->
    #{error => #{class => Class, message => Message, output => Output}}.

with_dropped(0, Answer) ->
    Answer;
with_dropped(Bytes, Answer) ->
    maps:map(fun(_Verdict, Details) -> Details#{dropped_bytes => Bytes} end, Answer).

%% What is printed after the answer goes to the terminal.
linger(Known, Watched) when map_size(Watched) =:= 0 ->
    case started_since(Known) of
        [] -> ok;
        %% Started by those that have ended.
        Started -> linger(Known, watch(Started))
    end;
linger(Known, Watched) ->
    receive
        {io_request, _From, _As, _Request} = Request ->
            case whereis(user) of
                undefined -> ok;
                User -> User ! Request
            end,
            linger(Known, Watched);
        {'DOWN', Monitor, process, _Process, _Reason} ->
            linger(Known, maps:remove(Monitor, Watched));
        stop ->
            ok;
        _Other ->
            linger(Known, Watched)
    end.
