"""The vault: sealed files, addressed by what they hold."""
