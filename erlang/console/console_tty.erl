%% The terminal driver: stands where OTP's `user_drv` stands, between the page
%% (keys and sizes come as casts) and OTP's own shells (`group`, `edlin`,
%% `shell`). Owns the terminal device and the jobs, and restarts a shell that
%% dies. Output is taken only as fast as the page shows it: while the device is
%% full, keys are served and whoever prints waits.
-module(console_tty).

-export([init/0, start_shell/2]).

-define(TERMINAL, "/dev/term").
%% Output waits for more only while messages are waiting, and never beyond this.
-define(BATCH_BYTES, 16384).
-define(DEFAULT_COLS, 80).
-define(DEFAULT_ROWS, 24).
-define(CTRL_C, <<3>>).
-define(CTRL_G, <<7>>).
-define(ENTER, <<"\r">>).
%% Asks the terminal to mark what is pasted.
-define(MARK_PASTES, <<"\e[?2004h">>).
%% The editor's own key for "throw this expression away" (Alt-C).
-define(CLEAR_EXPRESSION, <<"\ec">>).
-define(NO_HELP, "The documentation of OTP is not packed. Read it at https://www.erlang.org/doc/").

%% A shell that dies young this often in a row would only die again: then it
%% waits for a key.
-define(YOUNG_MS, 1000).
-define(YOUNG_DEATHS, 3).
%% How long a job that is killed is waited for, as OTP does.
-define(KILL_MS, 1000).

-record(tty, {device :: console_device:device(),
              screen :: console_screen:screen(),
              jobs = console_jobs:new() :: console_jobs:jobs(),
              %% The shell of each job that has one.
              shells = #{} :: #{pid() => pid()},
              %% Who has the keys: nobody yet, the current job, the editor of
              %% a command behind Ctrl-G, or whoever wants the shell again.
              keys = nobody :: nobody | job | {command, edlin_state()} | {again, pos_integer()},
              started_ms = 0 :: integer(),
              young_deaths = 0 :: non_neg_integer(),
              batch = [] :: iodata(),
              batched = 0 :: non_neg_integer(),
              %% The device took less than it was given.
              is_full = false :: boolean()}).

-type edlin_state() :: term().

-spec init() -> no_return().
init() ->
    process_flag(trap_exit, true),
    Device = console_device:open(?TERMINAL),
    %% The size is known if there was a shell before: this driver was restarted.
    case persistent_term:get(?MODULE, none) of
        none ->
            loop(#tty{device = Device, screen = console_screen:new(?DEFAULT_COLS, ?DEFAULT_ROWS)});
        {Cols, Rows} ->
            loop(start(shell, #tty{device = Device, screen = console_screen:new(Cols, Rows)}))
    end.

%% Asks for the shell; the first prompt comes when it is ready. A driver that is
%% away is asked again by the page, which hears of its start.
-spec start_shell(pos_integer(), pos_integer()) -> ok.
start_shell(Cols, Rows) ->
    catch console_tty ! {start_shell, Cols, Rows},
    ok.

loop(#tty{batched = Batched, is_full = false} = Tty) when Batched >= ?BATCH_BYTES ->
    loop(flush(Tty));
loop(#tty{batched = Batched, is_full = false, keys = Keys} = Tty) when not is_tuple(Keys) ->
    receive
        Message -> loop(handle(Message, Tty))
    after patience(Batched) ->
        loop(flush(Tty))
    end;
loop(#tty{batched = Batched, is_full = IsFull} = Tty) ->
    %% What is printed stays with whoever prints it.
    receive
        {emscripten, _} = Message -> loop(handle(Message, Tty));
        {'EXIT', _, _} = Message -> loop(handle(Message, Tty));
        {start_shell, _, _} = Message -> loop(handle(Message, Tty));
        {shell_of, _, _} = Message -> loop(handle(Message, Tty))
    after case IsFull of true -> infinity; false -> patience(Batched) end ->
        loop(flush(Tty))
    end.

patience(0) -> infinity;
patience(_) -> 0.

flush(#tty{device = Device, batch = Batch} = Tty) ->
    Left = console_device:offer(Device, iolist_to_binary(Batch)),
    Tty#tty{batch = Left, batched = byte_size(Left), is_full = Left =/= <<>>}.

handle({emscripten, {cast, Json}}, Tty) ->
    try json:decode(Json) of
        Input -> input(Input, Tty)
    catch
        _:_ -> Tty
    end;
handle({From, {put_chars_sync, unicode, Chars, Reply}}, Tty) ->
    From ! {reply, Reply, ok},
    %% As in OTP, what a job in the background prints is not shown.
    case From =:= console_jobs:current(Tty#tty.jobs) orelse console_jobs:find(From, Tty#tty.jobs) =:= none of
        true -> print(Chars, Tty);
        false -> Tty
    end;
handle({Group, {open_editor, Text}}, Tty) ->
    %% There is no editor to open: the text goes back as it came, without the
    %% end of its last line, as OTP takes it from an editor.
    Group ! {self(), {editor_data, string:chomp(Text)}},
    Tty;
handle({Group, tty_geometry}, Tty) ->
    Group ! {self(), tty_geometry, console_screen:size(Tty#tty.screen)},
    Tty;
handle({Group, get_unicode_state}, Tty) ->
    Group ! {self(), get_unicode_state, true},
    Tty;
handle({Group, set_unicode_state, _Wanted}, Tty) ->
    Group ! {self(), set_unicode_state, true},
    Tty;
handle({Group, get_terminal_state}, Tty) ->
    Group ! {self(), get_terminal_state, #{stdin => true, stdout => true, stderr => true}},
    Tty;
handle({shell_of, Group, Shell}, #tty{shells = Shells} = Tty) ->
    name_shell(Tty#tty{shells = Shells#{Group => Shell}});
handle({start_shell, Cols, Rows}, #tty{keys = nobody} = Tty) ->
    start(shell, print(slogan(), batch(?MARK_PASTES, resize(Cols, Rows, Tty))));
handle({start_shell, Cols, Rows}, Tty) ->
    resize(Cols, Rows, Tty);
handle({'EXIT', Group, Reason}, #tty{jobs = Jobs} = Tty) when is_pid(Group) ->
    case console_jobs:find(Group, Jobs) of
        none -> Tty;
        Job -> ended(Group, Job, Reason, Tty#tty{shells = maps:remove(Group, Tty#tty.shells)})
    end;
handle({Group, Request}, #tty{jobs = Jobs} = Tty) when is_pid(Group) ->
    case console_jobs:current(Jobs) of
        Group -> edit([Request], Tty);
        _ -> Tty
    end;
handle(_Other, Tty) ->
    Tty.

%% A new job, which gets the keys unless a command is being typed.
start(Module, #tty{jobs = Jobs, keys = Keys} = Tty) ->
    Group = console_shell:start(Module),
    Started = Tty#tty{jobs = console_jobs:add(Group, {Module, start, []}, Jobs), started_ms = now_ms()},
    case Keys of
        {command, _} -> Started;
        _ -> Started#tty{keys = job}
    end.

%% The shell of the current job is the one that OTP's library asks for by name.
name_shell(#tty{jobs = Jobs, shells = Shells} = Tty) ->
    Current = console_jobs:current(Jobs),
    catch unregister(shell),
    case Shells of
        #{} when is_map_key(Current, Shells) -> catch register(shell, map_get(Current, Shells));
        #{} -> ok
    end,
    Tty.

%% What OTP says of a job that ended, and what it does: a shell starts anew.
ended(Group, {Number, {Module, _, _}}, Reason, #tty{jobs = Jobs} = Tty) ->
    IsCurrent = console_jobs:current(Jobs) =:= Group,
    case IsCurrent andalso Reason =/= die andalso Reason =/= terminated of
        true when Module =:= shell ->
            again(Number, print([obituary(Reason), "***\n"], edit([new_prompt], Tty)));
        true ->
            Told = print([obituary(Reason), "(^G to start new job) ***\n"], edit([new_prompt], Tty)),
            Told#tty{jobs = console_jobs:delete(Group, Jobs)};
        false ->
            Tty#tty{jobs = console_jobs:delete(Group, Jobs)}
    end.

obituary(normal) -> "*** Shell process terminated! ";
obituary(_Reason) -> "*** ERROR: Shell process terminated! ".

again(Number, #tty{started_ms = StartedMs, young_deaths = Deaths} = Tty) ->
    case now_ms() - StartedMs < ?YOUNG_MS of
        true when Deaths + 1 =:= ?YOUNG_DEATHS ->
            Told = print("Press any key to start it again.\n", Tty),
            Told#tty{keys = {again, Number}, young_deaths = 0};
        true ->
            restart(Number, Tty#tty{young_deaths = Deaths + 1});
        false ->
            restart(Number, Tty#tty{young_deaths = 0})
    end.

restart(Number, #tty{jobs = Jobs} = Tty) ->
    Group = console_shell:start(shell),
    Tty#tty{jobs = console_jobs:replace(Number, Group, Jobs), started_ms = now_ms()}.

now_ms() ->
    erlang:monotonic_time(millisecond).

slogan() ->
    ["Erlang/OTP ", erlang:system_info(otp_release), " on ",
     erlang:system_info(system_version), "\n"].

input(#{<<"type">> := <<"data">>, <<"text">> := Text}, Tty) when is_binary(Text) ->
    typed(Text, Tty);
input(#{<<"type">> := <<"resize">>, <<"cols">> := Cols, <<"rows">> := Rows}, Tty)
  when is_integer(Cols), is_integer(Rows), Cols > 1, Rows > 1 ->
    resize(Cols, Rows, Tty);
input(#{<<"type">> := <<"more">>}, #tty{is_full = true} = Tty) ->
    flush(Tty);
input(_Unknown, Tty) ->
    Tty.

typed(_Text, #tty{keys = nobody} = Tty) ->
    Tty;
typed(_Text, #tty{keys = {again, Number}} = Tty) ->
    restart(Number, Tty#tty{keys = job});
typed(Text, #tty{keys = job} = Tty) ->
    case binary:match(Text, [?CTRL_C, ?CTRL_G]) of
        nomatch ->
            lists:foldl(fun type/2, Tty, console_shell:keys(Text));
        {At, 1} ->
            case binary:at(Text, At) of
                3 ->
                    interrupt(Tty);
                7 ->
                    <<Before:At/binary, 7, After/binary>> = Text,
                    typed(After, command_mode(typed(Before, Tty)))
            end
    end;
typed(Text, #tty{keys = {command, _}} = Tty) ->
    lists:foldl(fun command_key/2, Tty, console_shell:keys(Text)).

%% Documentation would be asked for in the group leader, which would not survive
%% that there is none.
type(Help, #tty{screen = Screen} = Tty) when Help =:= <<"\eh">>; Help =:= <<"\eH">> ->
    case console_screen:is_idle(Screen) of
        true -> Tty;
        false -> edit([{put_expand, unicode, <<?NO_HELP>>, 7}], Tty)
    end;
type(Text, #tty{jobs = Jobs} = Tty) ->
    _ = Text =:= ?ENTER andalso console_pace:touch(),
    case console_jobs:current(Jobs) of
        none -> ok;
        Group -> Group ! {self(), {data, Text}}
    end,
    Tty.

resize(Cols, Rows, #tty{screen = Screen} = Tty) ->
    persistent_term:put(?MODULE, {Cols, Rows}),
    Tty#tty{screen = console_screen:resize(Cols, Rows, Screen)}.

%% Ctrl-C throws away what is being typed at a prompt; where nothing is typed
%% it stops what runs.
interrupt(#tty{screen = Screen} = Tty) ->
    case console_screen:is_idle(Screen) of
        true ->
            stop_running(Tty),
            print(<<"^C\n">>, Tty);
        false ->
            case console_shell:is_bare_prompt(console_screen:prompt_line(Screen)) of
                other ->
                    type(?CLEAR_EXPRESSION, Tty);
                shell ->
                    Tty;
                program ->
                    stop_running(Tty),
                    print(<<"^C\n">>, edit([new_prompt], Tty))
            end
    end.

stop_running(#tty{jobs = Jobs}) ->
    case console_jobs:current(Jobs) of
        none -> ok;
        Group -> exit(Group, interrupt)
    end.

%% Ctrl-G: what the current job shows stays, and a command is asked for.
command_mode(Tty) ->
    edlin:init(),
    ask(print("\nUser switch command (type h for help)\n", edit([new_prompt], Tty))).

ask(Tty) ->
    {more_chars, State, Requests} = edlin:start(" --> "),
    edit(Requests, Tty#tty{keys = {command, State}}).

%% Whatever the editor cannot do here, such as a search, it must not end the driver.
command_key(Key, #tty{keys = {command, State}} = Tty) ->
    try edlin:edit_line(unicode:characters_to_list(Key), State) of
        {done, {[Line | _], _, _}, _Rest, Requests} -> commanded(Line, edit(Requests, Tty));
        {more_chars, Edited, Requests} -> edit(Requests, Tty#tty{keys = {command, Edited}});
        {blink, Edited, Requests} -> edit(Requests, Tty#tty{keys = {command, Edited}});
        _ -> Tty
    catch
        _:_ -> Tty
    end;
command_key(Key, Tty) ->
    %% The command before this key in the same paste gave the keys back.
    typed(Key, Tty).

commanded(Line, #tty{jobs = Jobs} = Tty) ->
    Left = edit([new_prompt], Tty),
    case console_jobs:command(Line, Jobs) of
        {connect, Number} ->
            Connected = Left#tty{jobs = console_jobs:switch(Number, Jobs), keys = job},
            console_jobs:current(Connected#tty.jobs) ! {self(), activate},
            name_shell(Connected);
        {interrupt, Group} ->
            exit(Group, interrupt),
            ask(Left);
        {kill, Group} ->
            exit(Group, die),
            ask(receive
                {'EXIT', Group, _} -> Left#tty{jobs = console_jobs:delete(Group, Jobs)}
            after ?KILL_MS ->
                Left
            end);
        {start, Module} ->
            ask(start(Module, Left));
        quit ->
            init:stop(),
            Left;
        {say, Text} ->
            ask(print(Text, Left))
    end.

print(Chars, #tty{screen = Screen} = Tty) ->
    {Out, Printed} = console_screen:print(unicode:characters_to_binary(Chars), Screen),
    batch(Out, Tty#tty{screen = Printed}).

edit(Requests, #tty{screen = Screen} = Tty) ->
    {Out, Edited} = console_screen:edit(Requests, Screen),
    batch(Out, Tty#tty{screen = Edited}).

batch(Out, #tty{batch = Batch, batched = Batched} = Tty) ->
    case iolist_size(Out) of
        0 -> Tty;
        Size -> Tty#tty{batch = [Batch | Out], batched = Batched + Size}
    end.
