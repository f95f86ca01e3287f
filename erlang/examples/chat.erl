%% title: A chat of processes
%% about: A room process and its guests, each with a mailbox of its own: joining,
%%        saying, leaving, and one guest who crashes.
%% run: chat:start().
-module(chat).

-export([start/0]).

start() ->
    Room = spawn(fun() -> room(#{}) end),
    [Ada, Joe, _Robert] = Guests = [join(Room, Name) || Name <- ["Ada", "Joe", "Robert"]],
    say(Room, Ada, "Hello!"),
    say(Room, Joe, "Hello, Ada. Let it crash!"),
    exit(Joe, kill),
    say(Room, Ada, "Joe?"),
    Heard = [leave(Room, Guest) || Guest <- Guests -- [Joe]],
    exit(Room, kill),
    {messages_heard, Heard}.

join(Room, Name) ->
    Guest = spawn(fun() -> guest(Name, 0) end),
    Room ! {join, Guest, Name, self()},
    receive {joined, Guest} -> Guest end.

say(Room, Guest, Text) ->
    Room ! {say, Guest, Text, self()},
    receive {said, Guest} -> ok end.

leave(_Room, Guest) ->
    Guest ! {leave, self()},
    receive {left, Guest, Heard} -> Heard end.

%% The room monitors its guests, so that one who crashes is missed.
room(Guests) ->
    receive
        {join, Guest, Name, From} ->
            monitor(process, Guest),
            tell(Guests, "* " ++ Name ++ " joins"),
            From ! {joined, Guest},
            room(Guests#{Guest => Name});
        {say, Guest, Text, From} ->
            tell(maps:remove(Guest, Guests), maps:get(Guest, Guests, "?") ++ ": " ++ Text),
            From ! {said, Guest},
            room(Guests);
        {'DOWN', _, process, Guest, Reason} ->
            Left = maps:remove(Guest, Guests),
            io:format("* ~s is gone: ~w~n", [maps:get(Guest, Guests), Reason]),
            room(Left)
    end.

tell(Guests, Text) ->
    [Guest ! {heard, Text} || Guest <- maps:keys(Guests)].

guest(Name, Heard) ->
    receive
        {heard, Text} ->
            io:format("~-8s| ~s~n", [Name, Text]),
            guest(Name, Heard + 1);
        {leave, From} ->
            From ! {left, self(), {Name, Heard}}
    end.
