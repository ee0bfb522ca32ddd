using Microsoft.Extensions.Configuration;

namespace Reel.Settings;

/// <summary>Settings of one kind under names that the owner chooses: <c>Section__Name__Setting</c>. Read as strictly as any others.</summary>
public sealed class NamedSettings<T> : Dictionary<string, T>, INamedSettings
    where T : class, new()
{
    /// <summary>Names are told apart by case.</summary>
    public NamedSettings()
        : base(StringComparer.Ordinal)
    {
    }

    void INamedSettings.Bind(IConfigurationSection section)
    {
        var settings = new T();
        SettingsSetup.Bind(section, settings);
        this[section.Key] = settings;
    }
}

/// <summary>What binding sees of <see cref="NamedSettings{T}"/>.</summary>
internal interface INamedSettings
{
    /// <summary>Reads the settings of one name.</summary>
    void Bind(IConfigurationSection section);
}
