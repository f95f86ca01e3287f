%% OTP writes this in assembly, to look at a message before it takes it. Here messages that do not fit are taken
%% and put back in their order, before any that arrive later.
-module(prim_eval).
-overlay(whole).
-export(['receive'/2]).

'receive'(Match, Timeout) ->
    Deadline = case Timeout of
        infinity -> infinity;
        _ -> erlang:monotonic_time(millisecond) + Timeout
    end,
    wait(Match, Timeout, Deadline, []).

wait(Match, Timeout, Deadline, Seen) ->
    receive
        Message ->
            case Match(Message) of
                nomatch ->
                    wait(Match, left(Deadline, Timeout), Deadline, [Message | Seen]);
                Result ->
                    put_back(lists:reverse(Seen)),
                    Result
            end
    after Timeout ->
        put_back(lists:reverse(Seen)),
        timeout
    end.

left(infinity, _) -> infinity;
left(Deadline, _) -> max(0, Deadline - erlang:monotonic_time(millisecond)).

%% Those that are still in the mailbox came later, so they go behind.
put_back([]) ->
    ok;
put_back(Seen) ->
    Later = drain(),
    lists:foreach(fun(Message) -> self() ! Message end, Seen ++ Later).

drain() ->
    receive
        Message -> [Message | drain()]
    after 0 ->
        []
    end.
