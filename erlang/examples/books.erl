%% title: Tables with ets
%% about: Books in an ordered table: looked up by key, asked with a match
%%        specification, counted by an atomic counter, and changed by two processes.
%% run: books:start().
-module(books).

-export([start/0]).

-record(book, {title, author, year, lent = 0}).

start() ->
    Books = ets:new(library, [ordered_set, public, {keypos, #book.title}]),
    ets:insert(Books, [#book{title = "Programming Erlang", author = "Armstrong", year = 2007},
                       #book{title = "Learn You Some Erlang", author = "Hebert", year = 2013},
                       #book{title = "Erlang and OTP in Action", author = "Logan", year = 2010}]),
    io:format("first by title: ~ts~n", [ets:first(Books)]),
    Recent = ets:select(Books, [{#book{title = '$1', year = '$2', _ = '_'}, [{'>', '$2', 2008}], ['$1']}]),
    io:format("after 2008: ~tp~n", [Recent]),
    Lend = fun() -> ets:update_counter(Books, "Programming Erlang", {#book.lent, 1}) end,
    Readers = [spawn_monitor(fun() -> [Lend() || _ <- lists:seq(1, 50)] end) || _ <- [1, 2]],
    [receive {'DOWN', Monitor, process, Reader, normal} -> ok end || {Reader, Monitor} <- Readers],
    [#book{lent = Lent}] = ets:lookup(Books, "Programming Erlang"),
    Size = ets:info(Books, size),
    ets:delete(Books),
    {books, Size, lent, Lent}.
