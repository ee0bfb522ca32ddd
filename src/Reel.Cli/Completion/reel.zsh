#compdef reel
# Completions of reel for zsh.
_reel() {
    local -a suggestions
    # The words of this command alone, up to the cursor.
    suggestions=("${(@f)$("${words[1]}" complete -- "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)}")
    suggestions=("${(@)suggestions:#}")
    if (( ${#suggestions} )); then
        compadd -- "${suggestions[@]}"
    else
        _files
    fi
}
compdef _reel reel
