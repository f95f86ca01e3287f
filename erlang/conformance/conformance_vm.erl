%% The suites in AtomVM: a registered process that the test's host calls, one call for each case.
-module(conformance_vm).
-export([start/0]).

start() ->
    Starter = self(),
    Pid = spawn(fun() ->
        register(?MODULE, self()),
        Starter ! {self(), up},
        loop(none)
    end),
    receive {Pid, up} -> ok end.

%% Requests are JSON: {"open": Suite, "data": Folder, "private": Folder}, {"run": Path, "limit_ms": Number}.
loop(Session) ->
    receive
        {emscripten, {call, Promise, Text}} ->
            {Answer, Next} = try answer(json:decode(Text), Session)
            catch Class:Reason:Stack ->
                {#{outcome => broken, detail => text(io_lib:format("~0tP", [{Class, Reason, Stack}, 30]))}, Session}
            end,
            emscripten:promise_resolve(Promise, iolist_to_binary(json:encode(Answer))),
            loop(Next);
        _ ->
            loop(Session)
    end.

answer(#{<<"open">> := Name, <<"data">> := Data, <<"private">> := Private}, _) ->
    Suite = binary_to_atom(Name),
    Folders = [{data_dir, binary_to_list(Data)}, {priv_dir, binary_to_list(Private)}],
    Cases = [text(Path) || Path <- conformance:cases(Suite)],
    case conformance:open(Suite, Folders) of
        {ok, Session} -> {#{cases => Cases, opened => true}, Session};
        {error, Why} -> {#{cases => Cases, opened => false, detail => text(io_lib:format("~0tP", [Why, 30]))}, none}
    end;
answer(#{<<"run">> := Path, <<"limit_ms">> := LimitMs}, Session) ->
    {Outcome, Detail, Next} = conformance:run(binary_to_list(Path), LimitMs, Session),
    {#{outcome => Outcome, detail => text(Detail)}, Next}.

text(Chars) -> unicode:characters_to_binary(Chars).
