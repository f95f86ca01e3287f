%% The preprocessor.
-module(epp).

%% The header is put where it is looked for first.
expand_lib_dir(Name) ->
    try
        [App | Path] = filename:split(Name),
        Header = fname_join([code:lib_dir(list_to_atom(App)) | Path]),
        ok = erl_headers:place(Name, Header),
        {ok, Header}
    catch
        _:_ -> error
    end.
