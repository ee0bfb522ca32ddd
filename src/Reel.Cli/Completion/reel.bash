# Completions of reel for bash.
_reel() {
    local line="${COMP_LINE:0:COMP_POINT}" word suggestion
    # The word before the cursor, as a blank ends it: bash would also end words at = and :.
    word="${line##*[[:space:]]}"
    local skip="${word%"${COMP_WORDS[COMP_CWORD]:0:${#word}}"}"
    COMPREPLY=()
    while IFS= read -r suggestion; do
        [[ "$suggestion" == "$word"* ]] && COMPREPLY+=("$(printf '%q' "${suggestion#"$skip"}")")
    done < <("${COMP_WORDS[0]}" complete --position "$COMP_POINT" -- "$COMP_LINE" 2>/dev/null)
    # Where nothing is known, files.
    [[ ${#COMPREPLY[@]} -eq 0 ]] && compopt -o default
    return 0
}
complete -F _reel reel
