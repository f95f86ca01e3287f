%% A handler of OTP's logger: what it lets through goes to the page's log, with
%% its level and the process that logged it.
-module(console_log).

-export([install/0, log/2]).

%% Most bytes of one event; what a program logs may be of any size.
-define(TEXT_BYTES, 16_384).

%% Beside the handler that prints to the terminal.
-spec install() -> ok | {error, term()}.
install() ->
    logger:add_handler(page, ?MODULE, #{level => all}).

-spec log(logger:log_event(), logger:handler_config()) -> ok.
log(#{level := Level, meta := Meta} = Event, _Config) ->
    console_device:event(#{event => log, level => Level, text => text(Event), pid => pid(Meta)}).

text(Event) ->
    try unicode:characters_to_binary(format(Event)) of
        Text when is_binary(Text) -> console_format:cut(Text, ?TEXT_BYTES);
        _ -> unprintable(Event)
    catch
        _:_ -> unprintable(Event)
    end.

%% The page shows level, time and process beside the text.
format(Event) ->
    logger_formatter:format(Event, #{single_line => false, template => [msg]}).

unprintable(#{msg := Message}) ->
    console_format:value(Message, ?TEXT_BYTES).

pid(#{pid := Pid}) when is_pid(Pid) -> list_to_binary(pid_to_list(Pid));
pid(_) -> null.
