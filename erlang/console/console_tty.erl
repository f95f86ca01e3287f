%% The terminal driver: stands where OTP's `user_drv` stands, between the page
%% (keys and sizes come as casts) and OTP's own shell (`group`, `edlin`,
%% `shell`). Owns the terminal device and restarts the shell when it dies.
-module(console_tty).

-export([init/0, start_shell/2]).

-define(TERMINAL, "/dev/term").
%% Output waits for more only while messages are waiting, and never beyond this.
-define(BATCH_BYTES, 16384).
-define(DEFAULT_COLS, 80).
-define(DEFAULT_ROWS, 24).
-define(CTRL_C, <<3>>).
%% Asks the terminal to mark what is pasted.
-define(MARK_PASTES, <<"\e[?2004h">>).
%% The editor's own key for "throw this expression away" (Alt-C).
-define(CLEAR_EXPRESSION, <<"\ec">>).

%% A shell that dies young this often in a row would only die again: then it
%% waits for a key.
-define(YOUNG_MS, 1000).
-define(YOUNG_DEATHS, 3).

-record(tty, {device :: console_device:device(),
              screen :: console_screen:screen(),
              group = none :: none | waiting | pid(),
              started_ms = 0 :: integer(),
              young_deaths = 0 :: non_neg_integer(),
              batch = [] :: iodata(),
              batched = 0 :: non_neg_integer()}).

-spec init() -> no_return().
init() ->
    process_flag(trap_exit, true),
    Device = console_device:open(?TERMINAL),
    %% The size is known if there was a shell before: this driver was restarted.
    case persistent_term:get(?MODULE, none) of
        none ->
            loop(#tty{device = Device, screen = console_screen:new(?DEFAULT_COLS, ?DEFAULT_ROWS)});
        {Cols, Rows} ->
            loop(shell(#tty{device = Device, screen = console_screen:new(Cols, Rows)}))
    end.

%% Asks for the shell; the first prompt comes when it is ready.
-spec start_shell(pos_integer(), pos_integer()) -> ok.
start_shell(Cols, Rows) ->
    console_tty ! {start_shell, Cols, Rows},
    ok.

loop(#tty{batched = 0} = Tty) ->
    receive
        Message -> loop(handle(Message, Tty))
    end;
loop(#tty{batched = Batched} = Tty) when Batched >= ?BATCH_BYTES ->
    loop(flush(Tty));
loop(Tty) ->
    receive
        Message -> loop(handle(Message, Tty))
    after 0 ->
        loop(flush(Tty))
    end.

flush(#tty{device = Device, batch = Batch} = Tty) ->
    ok = console_device:write(Device, Batch),
    Tty#tty{batch = [], batched = 0}.

handle({emscripten, {cast, Json}}, Tty) ->
    try json:decode(Json) of
        Input -> input(Input, Tty)
    catch
        _:_ -> Tty
    end;
handle({From, {put_chars_sync, unicode, Chars, Reply}}, Tty) ->
    From ! {reply, Reply, ok},
    print(Chars, Tty);
handle({print, Bytes}, Tty) ->
    print(Bytes, Tty);
handle({Group, {open_editor, Text}}, #tty{group = Group} = Tty) ->
    %% There is no editor to open: the text goes back as it came.
    Group ! {self(), {editor_data, Text}},
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
handle({Group, Request}, #tty{group = Group} = Tty) ->
    edit([Request], Tty);
handle({start_shell, Cols, Rows}, #tty{group = none} = Tty) ->
    Sized = resize(Cols, Rows, Tty),
    shell(print(slogan(), batch(?MARK_PASTES, Sized)));
handle({start_shell, Cols, Rows}, Tty) ->
    resize(Cols, Rows, Tty);
handle({'EXIT', Group, Reason}, #tty{group = Group} = Tty) ->
    Left = edit([new_prompt], Tty),
    Told = print(["\n", obituary(Reason), "\n"], Left),
    case young_deaths(Told) of
        ?YOUNG_DEATHS ->
            print(<<"Press any key to start it again.\n">>,
                  Told#tty{group = waiting, young_deaths = 0});
        Deaths ->
            shell(Told#tty{young_deaths = Deaths})
    end;
handle(_Other, Tty) ->
    Tty.

shell(Tty) ->
    Tty#tty{group = console_shell:start(), started_ms = now_ms()}.

young_deaths(#tty{started_ms = StartedMs, young_deaths = Deaths}) ->
    case now_ms() - StartedMs < ?YOUNG_MS of
        true -> Deaths + 1;
        false -> 0
    end.

now_ms() ->
    erlang:monotonic_time(millisecond).

slogan() ->
    ["Erlang/OTP ", erlang:system_info(otp_release), " on ",
     erlang:system_info(system_version), "\n"].

obituary(normal) ->
    <<"*** Shell process terminated! ***">>;
obituary(Reason) ->
    io_lib:format("*** ERROR: Shell process terminated! ***~n~ts",
                  [console_format:death(Reason)]).

input(#{<<"type">> := <<"data">>, <<"text">> := Text}, #tty{group = Group} = Tty)
  when is_binary(Text), is_pid(Group) ->
    case binary:split(Text, ?CTRL_C) of
        [_Before, _After] -> interrupt(Tty);
        [Text] -> lists:foldl(fun type/2, Tty, console_shell:keys(Text))
    end;
input(#{<<"type">> := <<"data">>}, #tty{group = waiting} = Tty) ->
    shell(Tty);
input(#{<<"type">> := <<"resize">>, <<"cols">> := Cols, <<"rows">> := Rows}, Tty)
  when is_integer(Cols), is_integer(Rows), Cols > 1, Rows > 1 ->
    resize(Cols, Rows, Tty);
input(_Unknown, Tty) ->
    Tty.

type(Text, #tty{group = Group} = Tty) ->
    Group ! {self(), {data, Text}},
    Tty.

resize(Cols, Rows, #tty{screen = Screen} = Tty) ->
    persistent_term:put(?MODULE, {Cols, Rows}),
    Tty#tty{screen = console_screen:resize(Cols, Rows, Screen)}.

%% Ctrl-C throws away what is being typed at a prompt; where nothing is typed
%% it stops what runs.
interrupt(#tty{group = Group, screen = Screen} = Tty) ->
    case console_screen:is_idle(Screen) of
        true ->
            exit(Group, interrupt),
            print(<<"^C\n">>, Tty);
        false ->
            case console_shell:is_bare_prompt(console_screen:prompt_line(Screen)) of
                other ->
                    type(?CLEAR_EXPRESSION, Tty);
                shell ->
                    Tty;
                program ->
                    exit(Group, interrupt),
                    print(<<"^C\n">>, edit([new_prompt], Tty))
            end
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
