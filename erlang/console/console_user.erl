%% The processes `user` and `standard_error`: print to the terminal for whoever
%% has no shell of its own, errors in red. A program that prints goes on when the
%% terminal has taken what it printed. Reading ends at once.
-module(console_user).

-export([init/1]).

-define(RED, <<"\e[31m">>).
-define(PLAIN, <<"\e[0m">>).

%% Who waits for the terminal, and the monitor on it while somebody does.
-record(user, {kind :: plain | red,
               tty = none :: none | {pid(), reference()},
               waiting = [] :: [{pid(), term(), term()}]}).

-spec init(plain | red) -> no_return().
init(Kind) ->
    group_leader(self(), self()),
    loop(#user{kind = Kind}).

loop(User) ->
    receive
        {io_request, From, As, Request} ->
            {Printed, Reply} = console_io:request(Request),
            loop(print(Printed, {From, As, Reply}, User));
        {reply, {From, As, _} = Client, ok} ->
            answer(Client),
            loop(settled({From, As}, User));
        {'DOWN', Monitor, process, _, _} when element(2, User#user.tty) =:= Monitor ->
            lists:foreach(fun answer/1, User#user.waiting),
            loop(User#user{tty = none, waiting = []});
        _Other ->
            loop(User)
    end.

print(<<>>, Client, User) ->
    answer(Client),
    User;
print(Printed, Client, User) ->
    case watched(User) of
        #user{tty = none} = Alone ->
            answer(Client),
            Alone;
        #user{tty = {Tty, _}, waiting = Waiting} = Watching ->
            Tty ! {self(), {put_chars_sync, unicode, coloured(Printed, User), Client}},
            Watching#user{waiting = [Client | Waiting]}
    end.

watched(#user{tty = none} = User) ->
    case whereis(console_tty) of
        undefined -> User;
        Tty -> User#user{tty = {Tty, monitor(process, Tty)}}
    end;
watched(User) ->
    User.

settled({From, As}, #user{waiting = Waiting} = User) ->
    User#user{waiting = [Client || {F, A, _} = Client <- Waiting, {F, A} =/= {From, As}]}.

answer({From, As, Reply}) ->
    From ! {io_reply, As, Reply}.

coloured(Printed, #user{kind = plain}) ->
    Printed;
coloured(Printed, #user{kind = red}) ->
    %% A line that is done keeps its colour to itself.
    case binary:last(Printed) of
        $\n -> [?RED, binary:part(Printed, 0, byte_size(Printed) - 1), ?PLAIN, $\n];
        _ -> [?RED, Printed, ?PLAIN]
    end.
