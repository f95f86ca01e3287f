%% Keeps the hooks and the handlers of intents: the process `console_hooks`. It
%% never waits for one of them, and answers each request of the page and of
%% `page` exactly once. What it keeps outlives it, but not the VM.
-module(console_hooks).

-export([init/0, ask/1]).

-define(HOOKS, 256).
-define(INTENTS, 256).
-define(NAME_BYTES, 255).

-type name() :: binary().

-record(kept, {next = 1 :: pos_integer(),
               %% In the order in which they were registered, newest first.
               hooks = [] :: [{Id :: name(), Event :: name(), console_hook:hook()}],
               intents = #{} :: #{name() => console_hook:hook()}}).
-record(server, {kept :: #kept{},
                 %% Errands by the monitor on them.
                 open = #{} :: #{reference() => Promise :: term()}}).

-spec init() -> no_return().
init() ->
    loop(#server{kept = persistent_term:get(?MODULE, #kept{})}).

%% What Erlang code asks, see `page`.
-spec ask(term()) -> term().
ask(Request) ->
    case whereis(?MODULE) of
        undefined -> {error, noproc};
        Server -> ask(Server, Request)
    end.

ask(Server, Request) ->
    Monitor = erlang:monitor(process, Server),
    Server ! {ask, self(), Monitor, Request},
    receive
        {answer, Monitor, Answer} ->
            demonitor(Monitor, [flush]),
            Answer;
        {'DOWN', Monitor, process, Server, _Reason} ->
            {error, noproc}
    end.

loop(#server{kept = Kept} = Server) ->
    receive
        {emscripten, {call, Promise, Request}} ->
            loop(call(Promise, Request, Server));
        {ask, From, Tag, Request} ->
            {Answer, Next} = answer(Request, Kept),
            From ! {answer, Tag, Answer},
            loop(keep(Next, Server));
        {'DOWN', Monitor, process, _Errand, Reason} ->
            loop(ended(Monitor, Reason, Server));
        _Other ->
            loop(Server)
    end.

ended(Monitor, Reason, #server{open = Open} = Server) ->
    case Open of
        #{Monitor := Promise} -> console_errand:ended(Promise, Reason);
        #{} -> ok
    end,
    Server#server{open = maps:remove(Monitor, Open)}.

keep(Kept, #server{kept = Kept} = Server) ->
    Server;
keep(Kept, Server) ->
    persistent_term:put(?MODULE, Kept),
    Server#server{kept = Kept}.

%% A request is a line of JSON that says what is wanted, then what is large.
call(Promise, Request, #server{kept = Kept, open = Open} = Server) ->
    try handle(head(Request), Kept) of
        {errand, Work} ->
            Server#server{open = Open#{console_errand:start(Promise, Work) => Promise}};
        {Answer, Next} ->
            console_errand:resolve(Promise, Answer),
            keep(Next, Server)
    catch
        _:_ ->
            console_errand:resolve(Promise, failure(bad_request, <<"a request of an unknown shape">>)),
            Server
    end.

head(Request) ->
    case binary:split(Request, <<"\n">>) of
        [Head, Body] -> {json:decode(Head), Body};
        [Head] -> {json:decode(Head), <<>>}
    end.

handle({#{<<"op">> := <<"register">>, <<"event">> := Event, <<"within_ms">> := WithinMs}, Body}, _Kept) ->
    {errand, fun() -> enrol(Event, json:decode(Body), WithinMs) end};
handle({#{<<"op">> := <<"restore">>, <<"hooks">> := Hooks}, _}, Kept) ->
    {#{ok => true}, lists:foldl(fun restore/2, Kept, Hooks)};
handle({#{<<"op">> := <<"unregister">>, <<"hook">> := Id}, _}, Kept) ->
    {Answer, Next} = answer({unregister_hook, Id}, Kept),
    {told(Answer), Next};
handle({#{<<"op">> := <<"emit">>, <<"event">> := Event, <<"within_ms">> := WithinMs}, Body}, Kept) ->
    {Hooks, _} = answer({hooks, Event}, Kept),
    {errand, fun() -> emit(Hooks, json:decode(Body), WithinMs) end};
handle({#{<<"op">> := <<"intent">>, <<"intent">> := Intent, <<"within_ms">> := WithinMs}, Body},
       #kept{intents = Intents} = Kept) ->
    case Intents of
        #{Intent := Handler} ->
            {errand, fun() -> intent(Handler, json:decode(Body), WithinMs) end};
        #{} ->
            {failure(no_handler, Intent), Kept}
    end.

%% The source may be slow, wrong, or never end.
enrol(Event, Source, WithinMs) ->
    case console_errand:all([fun() -> console_hook:from_source(Source) end], WithinMs) of
        [{ok, Fun}] ->
            told(ask({register_hook, $h, Event, Fun}));
        Failed ->
            [Told] = console_hook:told(Failed),
            Told
    end.

emit(Hooks, Payload, WithinMs) ->
    Encoded = [console_hook:encoded(Hook) || {_Id, Hook} <- Hooks],
    Told = console_hook:told(console_hook:run(Encoded, Payload, WithinMs)),
    #{ok => [Result#{hook => Id} || {{Id, _}, Result} <- lists:zip(Hooks, Told)]}.

intent(Handler, Payload, WithinMs) ->
    [Told] = console_hook:told(console_hook:run([console_hook:encoded(Handler)], Payload, WithinMs)),
    Told.

%% The page knows what it had registered and brings it back to a fresh VM. The
%% source is evaluated when the hook runs, as it was when it was registered.
restore(#{<<"hook">> := <<"h", Number/binary>> = Id, <<"event">> := Event, <<"source">> := Source},
        #kept{next = Next, hooks = Hooks} = Kept) ->
    case lists:keymember(Id, 1, Hooks) of
        true -> Kept;
        false -> Kept#kept{next = max(Next, binary_to_integer(Number) + 1),
                           hooks = [{Id, Event, {source, Source}} | Hooks]}
    end.

answer({register_hook, Letter, Event, Fun}, #kept{next = Next, hooks = Hooks} = Kept)
  when is_binary(Event), byte_size(Event) =< ?NAME_BYTES, is_function(Fun, 1) ->
    case length(Hooks) < ?HOOKS of
        true ->
            Id = <<Letter, (integer_to_binary(Next))/binary>>,
            {{ok, Id}, Kept#kept{next = Next + 1, hooks = [{Id, Event, Fun} | Hooks]}};
        false ->
            {{error, {too_many, ?HOOKS}}, Kept}
    end;
answer({unregister_hook, Id}, #kept{hooks = Hooks} = Kept) ->
    case lists:keymember(Id, 1, Hooks) of
        true -> {ok, Kept#kept{hooks = lists:keydelete(Id, 1, Hooks)}};
        false -> {{error, unknown_hook}, Kept}
    end;
answer({hooks, Event}, #kept{hooks = Hooks} = Kept) ->
    {lists:reverse([{Id, Hook} || {Id, Of, Hook} <- Hooks, Of =:= Event]), Kept};
answer(hooks, #kept{hooks = Hooks} = Kept) ->
    {lists:reverse([{Id, Event} || {Id, Event, _} <- Hooks]), Kept};
answer({handle_intent, Intent, Fun}, #kept{intents = Intents} = Kept)
  when is_binary(Intent), byte_size(Intent) =< ?NAME_BYTES, is_function(Fun, 1) ->
    case maps:is_key(Intent, Intents) orelse map_size(Intents) < ?INTENTS of
        true -> {ok, Kept#kept{intents = Intents#{Intent => Fun}}};
        false -> {{error, {too_many, ?INTENTS}}, Kept}
    end;
answer({unhandle_intent, Intent}, #kept{intents = Intents} = Kept) ->
    {ok, Kept#kept{intents = maps:remove(Intent, Intents)}};
answer(intents, #kept{intents = Intents} = Kept) ->
    {lists:sort(maps:keys(Intents)), Kept};
answer(_Other, Kept) ->
    {{error, badarg}, Kept}.

told(ok) -> #{ok => true};
told({ok, Id}) -> #{ok => #{hook => Id}};
told({error, {too_many, Limit}}) -> #{error => #{class => too_many, message => <<>>, limit => Limit}};
told({error, Reason}) -> failure(Reason, <<>>).

failure(Class, Message) ->
    #{error => #{class => Class, message => Message}}.
