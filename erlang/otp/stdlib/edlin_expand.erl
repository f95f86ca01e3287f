%% Completion. OTP highlights within a title by regular expressions; here the title is marked as a whole or not.
-module(edlin_expand).

format_title(#{title := Title, options := Options}, _LineWidth) ->
    Separator = proplists:get_value(separator, Options, "\n"),
    case {proplists:get_value(hide, Options), proplists:is_defined(highlight_all, Options)} of
        {title, _} -> "";
        {_, true} -> "\033[;1;4m" ++ Title ++ "\033[0m" ++ Separator;
        {_, false} -> Title ++ Separator
    end;
format_title(_Elems, _LineWidth) ->
    "".

%% AtomVM names the modules of its packs in binaries.
expand_module_name("", _) ->
    {no, [], []};
expand_module_name(Prefix, Ending) ->
    Modules = [{binary_to_atom(iolist_to_binary(Name)), ""} || {Name, _, _} <- code:all_available()],
    case match(Prefix, Modules, Ending) of
        {_, _, []} = None ->
            None;
        {Found, Expansion, Matches} ->
            {Found, Expansion, [#{title => "modules", elems => Matches, options => [highlight_all]}]}
    end.
